"""What the words of a question mean to the catalogue: tables of phrases, and the names that its rows bear."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.retrieval.query import stem
from ingest import names
from ingest.glossary import Term
from ingest.types import Row

_SIGNS = """
    kind meeting: meeting | event | gathering
    kind project: project
    event event: academy | festival | forum | ceremony | graduation | handover | anniversary | webinar | seminar
    event event: closing | symposium | celebration | congress | side event | session | mission | sitting
    kind project: active project | current project | running project | finished project | ended project
    kind project: closed project | concluded project
    state running: active project | current project | running project | ongoing | under way | underway | in progress
    state running: being implemented | currently running | still running | currently active | still active
    state over: finished project | ended project | closed project | concluded project | completed
    sum sum: total | sum | combined | altogether | together | overall
    kind secretariat: secretariat | regional secretariat
    kind partner: partner | member | members | partner country | partner state | member country | member state
    attribute countries: partner country | partner state | member country | member state | country | state
    attribute countries: participating country | participating state
    attribute regions: region
    attribute budget_eur: budget | cost | funding | money | how much money | expensive | fund | financial envelope
    attribute budget_eur: amount | sum | amount of money
    attribute duration_months: how long | duration | how many months | run time | length in months | length
    attribute participants: participant | attendee | attendance | people | delegate | headcount | turnout
    attribute consortium: consortium | consortium partner | consortium member | consortium members
    attribute consortium: members of the consortium | partner of the consortium | consortium participant
    attribute consortium: member of the consortium | organisation | organisations | organisations in the consortium
    attribute consortium: organisations of the consortium | consortium organisations
    attribute implementer: implementer | implementing organisation | implementing partner | implementing body
    attribute heads: head | headed | who head | who headed | chief | director | in charge | in charge of
    attribute focal_points: focal point | national focal point | nfp
    attribute venue: venue | hotel | which hotel
    attribute name: title | full title | full name | official title | official name | complete title | exact title
    attribute name: complete name | long name | long title | proper name | official designation | officially called
    attribute name: whole title | heading | exact heading | called in full | it called | it officially called
    attribute name: officially named | officially entitled | entitled | titled | wording of title
    attribute acronym: acronym | short name | short title | short form
    ask count: how many | number of | how often | how many times | what number of | total of | total number of
    ask count: number
    ask when: when | date | which date | what date | period | from when to when | time
    ask month: what month | which month | month
    ask year: what year | which year | year
    ask where: where | location | place | in which place | what place | which place
    ask city: city | which city | what city | town | which town | host city
    ask who: who | whom | by whom | which organisation | what organisation | which organisations
    ask who: name of the | which person
    ask day: which exact day | exact day | day | which day | what day | on which day | on what day | exact date
    ask day: day month year
    ask list: list | which | what | all | every | each | name | show | give | enumerate
    verb hold: hold | held | take place | took place | taken place | happen | occur | organise | organised | convene
    verb hold: meet | met | sit | sat | got together | get together | come together | came together
    verb host: host | hosted by | welcome
    verb join: join | accede | accession | accession date | become a partner | became a partner | become partner
    verb join: member since | become a member | became a member | enter | joining | date of joining | partner since
    verb open: open | opened | inaugurate | opening | inauguration
    verb start: get going | got going | get under way | got under way | get started | got started
    verb start: start | begin | began | begun | commence | start date | starting date | date of start
    verb end: end | finish | conclude | close | end date | completion date
    verb attend: attend | take part | took part | taken part | participate | participated | participating
    verb attend: participation | gather | draw | drew | represented | present | come | came | send | sent | attract
    verb cover: cover | concern | involve | include | relate | relate to | deal with | benefit | serve | work
    verb cover: operate | active | run | count | connected | count among | country list | list of country | its list
    verb cover: project list | mention | belong | implemented in | reach | form | made up | make up | discussed
    verb link: anything to do with | something to do with | linked to | linked with | connected to | connected with
    verb link: related to
    verb implement: implement | implemented by | carried out | carry out | lead | led | managed by | run by
    verb implement: in charge of project
    verb last: last longer | last for | how long last
    order most: largest | biggest | highest | greatest | most expensive | the most
    order longest: longest
    order shortest: shortest
    order least: smallest | lowest | fewest | cheapest | least
    order latest: opened last | joined last | join last | started last | start last | latest | most recent | newest
    order latest: last
    order earliest: opened first | open first | joined first | join first | started first | start first | earliest
    order earliest: oldest | very first
    than most: more | larger | bigger | higher | greater
    than longer: longer
    than shorter: shorter
    than least: fewer | smaller | lower | less
    than earlier: earlier | sooner | first | came first | come first
    than later: later | last
    series round-table: round table | roundtable | round table meeting | rtm | regional round table | rtms | scm
    series round-table: strategic coordination meeting | strategic meeting | regional strategic meeting
    series round-table: round table of national focal point | national focal point round table | nfp round table
    series workshop: workshop
    series training: training | training course | course | train the trainer
    series exercise: exercise | tabletop exercise | field exercise | ttx
    series conference: conference
    series visit: visit
    series heads-of-secretariat: meeting of the head of secretariat | head of secretariat meeting
    series heads-of-secretariat: meeting of the head of the regional secretariat | meeting of head of secretariat
    series heads-of-secretariat: meeting of head of regional secretariat | head of regional secretariat meeting
    series nfp-international: international meeting of national focal point | international nfp meeting
    series nfp-international: international meeting of the national focal point | international meeting of nfp
    series nfp-international: international national focal point meeting
    series national-team: national team | cbrn national team | national cbrn team | national team meeting
    series national-team: meeting of the national team | cbrn national team meeting
    series secretariat-opening: secretariat opening | opening of the secretariat
    series secretariat-opening: opening of the regional secretariat
    format online: online | virtual | virtually | by video conference | by videoconference
    format hybrid: hybrid
    format in person: in person | face to face
    topic regional action plan: regional action plan | rap
    topic national action plan: national action plan | nap | action plan | national plan
    topic needs assessment: needs assessment | need assessment | naq | needs assessment questionnaire
    no no: not | no | never | without | except | next | upcoming | if | neither | nor | should | why
    no no: missing | absent | other than | eu member state | eu country
"""
"""Kind of sign, what it says, and the phrases that say it; the longest phrase counts, words by their stems."""

_FILLERS = """
    please kindly know tell let say need want like would could may might  look looking for find also only so far
    ever exactly exact total altogether whole initiative eu european union cbrn coe centre centres excellence file
    ones one there been have has had being its their his her them they it any some overview complete full details
    information info question report note record according documents documentation sources named called different
    respective respectively each me us our my regional partnered under within across during by through concerning
    regarding related between among both altogether hello hi thanks thank you pls plz two three four five six seven
    eight nine ten eleven twelve and or vs versus eventually network taking taken part participating confirmed
    held taking place abroad long much did do does done was were been programme planned acted act
    current currently now today euro euros cite printed write out got received receive
""".split()
_MEANINGFUL = frozenset(
    "before after until since mean means meaning stands stand after should abbreviation acronym".split()
)
"""Stop words of the search that change what a question asks for."""

_OWN_FORMS = frozenset(
    """
    regional national nationals trained train trainer trainers participate participated participates
    participating participation manager managers management stated directed funded funder members membership
    completed implementation closing graduation attendance implementer implementers opened opener present presented
    presentation representative representatives partnership partnering headed heading organisation organisations
    """.split()
)
"""Words that do not mean what the other words of their stem mean."""

_BRACKETS = re.compile(r"\(([^)]*)\)")
_SHORTEST = 3
"""Letters of the shortest name of an organisation that is recognised."""
_TOO_LONG = 14


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names that the catalogue's rows bear, by their folded words."""

    projects: Mapping[tuple[str, ...], str]
    """Acronym → number."""
    cities: Mapping[tuple[str, ...], str]
    organisations: Mapping[tuple[str, ...], str]
    regions: Mapping[tuple[str, ...], str]
    """Code of its secretariat → region."""
    expansions: Mapping[str, tuple[str, ...]]
    """Abbreviation → words of what it stands for."""

    @classmethod
    def of(cls, rows: Iterable[Row], terms: Iterable[Term] = ()) -> "Lexicon":
        """The names in rows of any kind, and the glossary's abbreviations."""
        projects: dict[tuple[str, ...], str] = {}
        cities: dict[tuple[str, ...], str] = {}
        organisations: dict[tuple[str, ...], str] = {}
        regions: dict[tuple[str, ...], str] = {}
        for row in rows:
            for cell in row.cells:
                if cell.field == "acronym" and (number := row.value("number")):
                    projects.setdefault(key(cell.value), number)
                elif cell.field == "code" and (region := row.value("region")):
                    regions.setdefault(key(cell.value), region)
                elif cell.field == "city":
                    cities.setdefault(key(cell.value), cell.value)
                elif cell.field in ("implementer", "consortium", "organisers"):
                    organisations |= {form: cell.value for form in forms(cell.value) if form not in organisations}
        expansions = {" ".join(key(term.abbreviation)): key(term.expansion) for term in terms}
        return cls(projects, cities, organisations, regions, expansions)


def stemmed(word: str) -> str:
    """The stem of a folded word, or the word itself where its stem would mislead."""
    return word if word in _OWN_FORMS else stem(word)


def key(text: str) -> tuple[str, ...]:
    """Folded words of a name."""
    return tuple(names.words(text))


def signs() -> Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Phrases as stems → every kind of sign and what it says."""
    return _TABLE


def is_filler(word: str) -> bool:
    """True of a word that says nothing about what is asked."""
    return word in _FILLING


def is_meaningful(word: str) -> bool:
    """True of a word that no other table may pass over."""
    return word in _MEANINGFUL


def forms(name: str) -> Iterable[tuple[str, ...]]:
    """How an organisation may be called: the name, and what stands in its brackets or before them or before a comma."""
    bare = _BRACKETS.sub("", name)
    inner = [part for found in _BRACKETS.findall(name) for part in re.split(r"[;,]", found)]
    for form in (name, bare, bare.split(",")[0], bare.split(" - ")[0], *inner):
        words = key(form)
        is_place = bool(names.country(form) or names.region(form))
        is_short = len(words) == 1 and (len(form.strip()) < _SHORTEST or not form.strip()[:3].isupper())
        is_remark = form == form.lower()
        if words and not (is_place or is_short or is_remark) and len(words) <= _TOO_LONG and "secretariat" not in words:
            yield words


def _table(lines: Iterable[str]) -> dict[tuple[str, ...], tuple[tuple[str, str], ...]]:
    table: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
    for line in lines:
        sign, _, phrases = line.partition(":")
        kind, _, value = sign.strip().partition(" ")
        for phrase in phrases.split("|"):
            words = tuple(stemmed(word) for word in key(phrase))
            if (kind, value) not in table.get(words, ()):
                table[words] = (*table.get(words, ()), (kind, value))
    return table


_TABLE = MappingProxyType(_table(_SIGNS.strip().splitlines()))
_FILLING = frozenset(_FILLERS)
