"""The words by which a follow-up shows that it leans on the conversation, and what they may stand for."""

import re
from collections.abc import Mapping

from app.answering.entities import Kind

LANGUAGES: Mapping[str, re.Pattern[str]] = {
    "ru": re.compile(r"[а-яё]", re.IGNORECASE),
    "fr": re.compile(
        r"\b(?:le|la|les|du|des|au|aux|quand|qui|quel|quelle|où|et|est|pour|combien)\b|[ldq]['’]", re.IGNORECASE
    ),
}
"""Marks of a language other than English, in the order in which they are tried."""

YES = re.compile(
    r"\W*(?:yes|yeah|yep|sure|ok(?:ay)?|of course|go ahead|please do|do so|oui|bien s[uû]r|d'accord|да|конечно|хорошо)"
    r"(?:[\s,!.]+(?:please|do|thanks|thank you|i would|i do|go ahead|that would be (?:good|great|nice)"
    r"|s'il vous pla[iî]t|merci|"
    r"пожалуйста|спасибо))*\W*",
    re.IGNORECASE,
)
"""An answer to an offer that accepts it."""

OFFER = re.compile(
    r"(?:would you like|do you want|shall i|should i|may i|can i|souhaitez-vous|voulez-vous"
    r"|хотите(?: ли вы)?)\s+(?P<what>[^?]+)\?",
    re.IGNORECASE,
)
"""An assistant's offer; `what` is offered."""

WHICH_ONE = re.compile(r"\bwhich one do you mean\b", re.IGNORECASE)
"""The question that `app.answering.ambiguity` asks back."""

OFFERED = re.compile(
    r"^(?:(?:me|us)\s+)?(?:to\s+|que je vous\s+)?(?:(?:know|see|hear|learn|find out|read|get|have|savoir"
    r"|connaître|voir|узнать)\s+)?",
    re.IGNORECASE,
)
"""What stands before the offered question or thing."""

LEAD = re.compile(
    r"^(?:(?:and|but|or|so|ok(?:ay)?|good|great|thanks|thank you|fine|well|then|et|mais|а|и|но)\b[\s,.!:-]*)+",
    re.IGNORECASE,
)
"""What may stand before a question and says nothing."""

JOINS = re.compile(r"\b(?:and|but|or|et|mais|а|и|но)\b", re.IGNORECASE)
"""Of those, the words that tie a question to the one before."""

INSTEAD = re.compile(
    r"^(?:(?:what|how) (?:is it like )?(?:about|of)|(?:the )?same(?: question| thing)?(?: again)?(?=\s+(?:for"
    r"|in|at|with|about|of)\b)"
    r"|no,? i mean[t]?|i mean[t]?|qu['’ ]en est-il|(?:la )?même (?:chose|question)|qu['’ ]?en est-il"
    r"|то же(?: самое)?|как насч[её]т|что (?:насч[её]т|с|про))\s+",
    re.IGNORECASE,
)
"""`What about …`, `the same for …`."""

FILLERS = frozenset(
    "only just then too also instead please now again exactly part one pour chez avec plutot aussi для тоже "
    "тогда".split()
)
"""Words that add nothing to a name put in the place of another."""

ASKING = re.compile(
    r"^(?:(?:in|on|at|from|under|over|since|until|by|for|to|with|as of)\s+)?"
    r"(?:when and where|where and when|when|where|whom?|whose|what|which|why|how (?:long|many|much|often|big"
    r"|far)|how)\b"
    r"(?P<kind>\s+(?:project|country|state|city|town|place|region|year|month|day|days|date|meeting|event|organisation|"
    r"organization|body|ministry|programme|person|time)\b)?"
    r"(?:\s+(?:is|are|was|were|did|does|do|has|have|had|will|can|could|would|should)\b)?\s*",
    re.IGNORECASE,
)
"""The question word with its preposition, the kind of thing asked for and its auxiliary."""

REQUEST = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?(?:tell|give|show)\s+(?:me|us)\s+(?:more\s+)?(?:about\s+)?"
    r"|^(?:please\s+)?(?:list|name|describe|define)\s+",
    re.IGNORECASE,
)
AUXILIARY = re.compile(
    r"^(?:is|are|was|were|did|does|do|has|have|had|will|can|could|would|should)\s+(?:there\s+)?", re.IGNORECASE
)
ADJUNCT = re.compile(
    r"^(?:when and where|where and when|(?:since |until |from )?when|where|why|how long|(?:in|on|at|from|since"
    r"|until) (?:which|what) \w+)\b",
    re.IGNORECASE,
)
"""Question words that may stand before any question of another kind."""

ONLY_ADJUNCT = re.compile(rf"{ADJUNCT.pattern[1:]}(?: exactly| and (?:when|where|why|how long))?\W*", re.IGNORECASE)
TYPE_NOUNS: Mapping[str, tuple[Kind, ...]] = {
    "project": ("project", "acronym"),
    "programme": ("project", "acronym"),
    "projet": ("project", "acronym"),
    "country": ("country",),
    "state": ("country",),
    "pays": ("country",),
    "region": ("region",),
    "city": ("name",),
    "town": ("name",),
    "secretariat": ("secretariat",),
    "centre": ("secretariat",),
    "person": ("person",),
    "meeting": ("event", "title"),
}
"""Nouns that say what kind of entity is meant."""

THINGS: tuple[Kind, ...] = (
    "event",
    "paper",
    "title",
    "project",
    "acronym",
    "secretariat",
    "country",
    "region",
    "name",
    "organisation",
    "person",
)
PEOPLE: tuple[Kind, ...] = ("person",)
BODIES: tuple[Kind, ...] = ("organisation", "acronym")
PLACES: tuple[Kind, ...] = ("event", "country", "region", "secretariat", "name")
HINTS: tuple[tuple[re.Pattern[str], tuple[Kind, ...]], ...] = (
    (
        re.compile(
            r"\b(?:budget|costs?|implement\w*|consortium|objectives?|funded|financ\w+|duration|coordinat(?:or"
            r"|es)|team leader|contractor)\b",
            re.IGNORECASE,
        ),
        ("project", "acronym", "event"),
    ),
    (
        re.compile(
            r"\b(?:join(?:ed)?|accession|acced\w+|member|focal point|point focal|координатор\w*|capital"
            r"|ministry|rejoint|вступил\w*|присоединил\w*)\b",
            re.IGNORECASE,
        ),
        ("country",),
    ),
    (
        re.compile(
            r"\b(?:held|attend\w*|participants?|particip\w+|opened|chaired|took place|take place|venue|hotel|hosted)\b",
            re.IGNORECASE,
        ),
        ("event", "title", "project", "acronym"),
    ),
)
"""Words that speak of one kind of entity rather than another."""

NOUN = (
    r"(?:project|programme|country|state|region|city|secretariat|centre|meeting|workshop|training|event"
    r"|conference|course|"
    r"exercise|seminar|visit|round table|session|projet|pays|réunion|atelier)"
)
PRONOUNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("person", re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)),
    (
        "thing",
        re.compile(
            rf"\b(?:it|its)\b|\b(?:that|this|the said) {NOUN}\b"
            rf"|\bthe {NOUN}\b(?=\s*(?:$|[?.!,]|(?:is|was|are|were|did|do|does|has|have|had|will|run|start"
            rf"|begin|end|last|join|take|took|"
            r"held|cover|cost|open|close|meet|work)\b))",
            re.IGNORECASE,
        ),
    ),
    ("body", re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)),
    ("there", re.compile(r"\bthere\b", re.IGNORECASE)),
    (
        "open",
        re.compile(
            r"\b(?:that|this|these|those) (?:one|ones|time|job|post|role|day|date|occasion|year|work|team"
            r"|number|sum|amount|case)s?\b"
            rf"|\b(?:did|does|was|will) (?:that|this)\b(?! {NOUN})"
            r"|\b(?:that|this|those|these)\b(?=\s*(?:$|[?.!,]))"
            r"|\b(?:the (?:same|other|second|first|third|next|previous|last) )ones?\b"
            r"|^(?:\w+ )?which ones?\b|\bthe (?:latter|former|others?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "foreign",
        re.compile(
            r"(?<!\w)(?:il|elle|ils|elles|celui-ci|celle-ci|cela|ça|y|lui|leur|son|sa|ses)\b(?! (?:a|est) )|"
            r"\b(?:он|она|оно|они|его|е[её]|их|там|туда|этот|эта|это|этой|этом|этого)\b",
            re.IGNORECASE,
        ),
    ),
)
"""Words that point back, by how they are resolved."""

EXPLETIVE = re.compile(
    r"\b(?:does|did|will|would) it (?:take|matter)\b"
    r"|\b(?:is|was) it (?:(?:\w+ ){1,2}(?:to|that|for|if|whether)\b|(?:in|on|at|from|during|really|only) )"
    r"|\bit (?:is|was) \w+ (?:to|that)\b",
    re.IGNORECASE,
)
"""`it` that points nowhere: `is it true that`."""

EXISTENTIAL = re.compile(
    r"\bthere(?:'s|’s| (?:is|are|was|were|be|been|exist|any|a|an|some|no|more|other|another|still)\b)"
    r"|\b(?:is|are|was|were) there (?!as well|too|also|for|in\b|on\b|at\b|with\b|and\b|then\b)\w"
    r"|\bhow many\b.*\bthere\b",
    re.IGNORECASE,
)
"""`there` that is no place: `were there any`."""

GENERAL_TOPIC = re.compile(
    r"\binitiative\b|\bregional secretariat|\bcent(?:re|er)s of excellence\b|\bnetwork\b|\b(?:partner"
    r"|member) (?:countr|state)|\bregions\b|\bsecretariats\b"
    r"|\bcbrn\b|\bcoe\b|\bfocal points\b|\bprojects\b|\bround tables\b|\baction plan\b|\bquestionnaire\b"
    r"|инициатив|région|регион|стран",
    re.IGNORECASE,
)
"""What every question to this assistant may be about without naming anything."""

QUESTION = re.compile(
    r"^(?:(?:in|on|at|from|under|over|since|until|by|for|to|with)\s+)?"
    r"(?:when|where|who|whom|whose|what|which|why|how|did|does|do|was|were|is|are|has|have|had)\b"
    r"|^(?:(?:à|de|en|dans|pour|depuis|в|во|на|с|для|о|об)\s+)?(?:quand|où|qui|que|quel\w*|combien|comment"
    r"|pourquoi|когда|где|кто|что|как\w*|сколько|почему)\b",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(
    r"^(?:the\s+|le\s+|la\s+)?(?:budget|cost|duration|implementer|venue|place|date|dates|participants|speakers"
    r"|title|objective|"
    r"objectives|countries|partners|members|topic|topics|agenda|results?|outcome|organi[sz]er|organi[sz]ers"
    r"|coordinator|chair|"
    r"opening|end|start|location|city|hotel|number|url|source|sources|lieu|durée|бюджет|участники|дата|место)\s*\W*$",
    re.IGNORECASE,
)
"""A property alone, of whatever was spoken of."""

CIRCUMSTANCE = re.compile(
    r"^(?:only )?(?:in|on|at|for|before|after|since|during|by|en|à|au|pour|в|для)\s", re.IGNORECASE
)
MORE = re.compile(
    r"(?:tell me |say |know )?more(?: details?)?(?: please| about (?:it|that|this))?\W*|(?:please )?(?:go on"
    r"|continue|elaborate|explain)\W*"
    r"|(?:any )?(?:more )?details?\W*|why(?: not)?\W*|how(?: so)?\W*",
    re.IGNORECASE,
)
NEEDS_EVENT = re.compile(
    r"\b(?:involved|attended|represented|present|participated|took part|take part|came|invited|trained"
    r"|discussed|mentioned|"
    r"presented|covered|included)\s*\W*$",
    re.IGNORECASE,
)
"""Verbs that want an event before they say anything."""

WAS_THERE = re.compile(r"(?:was|were) there\b", re.IGNORECASE)
THEN = re.compile(r"\b(?:then|at the time|at that time|back then|that (?:day|month|year))\W*$", re.IGNORECASE)
ALONE = re.compile(
    r"\b(?:i|my|me|you|your)\b|\bstands? for\b|\bmeans?\b|(?<!\d)\d{1,3}\W+\w+\W+\d{1,3}(?!\d)|=|\b(?:is"
    r"|was) (?!the |a |an |his |her |its )[^\W\d_]+ [^\W\d_]+\W*$",
    re.IGNORECASE,
)
"""Questions that are no follow-up however short: about the words, the assistant, a sum, a person in lower case."""
SAME_PLACE: Mapping[Kind, tuple[Kind, ...]] = {
    "project": ("project", "acronym"),
    "acronym": ("acronym", "project", "organisation"),
    "organisation": ("organisation", "acronym", "person"),
    "country": ("country", "region", "name"),
    "region": ("region", "country", "name"),
    "name": ("name", "country", "region", "secretariat"),
    "person": ("person",),
    "secretariat": ("secretariat", "region"),
    "event": ("event",),
    "paper": ("paper",),
    "title": ("title", "event"),
    "date": ("date",),
    "ordinal": ("ordinal",),
}
"""What an entity may stand for when it is put in the place of another."""
ONLY_JOINS = re.compile(r"(?:\s|\b(?:in|for|at|the|and|on|en|au|pour|le|la|les|в|для)\b|[?.!,])*", re.IGNORECASE)
"""Nothing but the small words around a name."""

CLAUSE = re.compile(r"[,;:.?!]\s|\s[-–]\s|\w\s(?:who|before|after|when|because)\s")
"""Where a clause ends."""

INVERTED = re.compile(
    r"\b(?:did|do|does|was|were|has|have|had|will|can|could|would|should) (?:it|he|she|they)$", re.IGNORECASE
)
"""The subject of a question is not what its question word asks for: `how many cities did they visit`."""
WHOSE = re.compile(
    r"^(?:which|what) \w+ (?!is\b|are\b|was\b|were\b|did\b|does\b|has\b|had\b)\w+ (?:its|their|his|her)$", re.IGNORECASE
)
"""`Which plant lends its`: the pronoun points to what is asked for."""

ASKS_FOR_A_BODY = re.compile(
    r"^(?:by )?(?:who|whom|(?:which|what) (?:organi[sz]ation|body|agency|institution|institute|company"
    r"|consortium|ministry))\b",
    re.IGNORECASE,
)
ORDINALS = r"\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
