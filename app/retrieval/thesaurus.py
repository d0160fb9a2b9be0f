"""What documents and people call the same thing: words that find one another, and everyday words for the documents'."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from app.retrieval.stemming import stem
from ingest.names import words

_SAME = """
    held, hold, took place, meet, met, happened, organised, organized, hosted, convened
    opened, opening, inaugurated, inauguration
    joined, join, accession, acceded, become member, became member
    headed, head, led, leader, chief, chaired, chairman, director
    participated, participants, took part, attended, came, represented, present
    budget, cost, funding, funded, EUR, euros, money
    signed, signature, concluded
    started, start, began, launched, launch, kick off
    ended, end, finished, completed, closed
    location, place, venue, city
    organisation, organization, institution, body
    implemented, implementer, implements, carried out, contractor, consortium
    trained, training, trainees, taught
    post, position, role, function, job
    countries, states, nations
    topic, about, subject, theme, discussed
"""
"""Rows in which any word finds every other one."""

_EVERYDAY = """
    boss, top man, top official, number one, supremo: head
    in charge of, oversees, steers: head, manages, leads
    what office did, which office did, office held: post
    bureau, office, hub, headquarters, seat: secretariat
    contact person, contact point, contact, liaison, point person: focal point
    envoy, diplomat: ambassador, representative, focal point
    delegate, spokesman, emissary: representative
    gathering, get together, assembly, talks, encounter, rendezvous: meeting, conference, round table, workshop
    class, course, lesson, schooling, instruction, tuition: training, module
    schooled, instructed, coached, educated, tutored: trained, training
    instructor, teacher, lecturer, coach, educator, tutor: trainer
    pupil, student, learner, audience, newcomer: participant, trainee
    drill, rehearsal, war game, manoeuvre, dry run: exercise, simulation
    rehearsed, practised, acted out, played out: exercise, scenario, simulation
    scheme, undertaking, endeavour, effort, programme: project
    scheme, network, club: initiative
    blueprint, masterplan, master plan: action plan, plan
    pact, deal, accord, treaty: memorandum of understanding, agreement
    inked, struck, sealed: signed
    survey, stocktaking, fact gathering, self assessment: needs assessment, questionnaire
    gear, goods, kit, supplies, hardware, apparatus, gadget, device: equipment
    gave, gift, handed, presented, bestowed: donated, handed over, handover, delivered
    coronavirus, corona, virus, covid: covid 19, pandemic
    germ, microbe, bug: biological, pathogen
    poison, toxic: chemical, toxin
    atom, atomic, uranium, fissile: nuclear, radioactive, radiological
    radiation: radiological, radioactive
    danger, hazard, peril, menace, threat: risk
    dangerous agents, dangerous substances, nasty substances, hazardous substances: CBRN, chemicals
    mishap, catastrophe, calamity, tragedy: accident, disaster, explosion, crisis
    lorry, truck, haulage: road, transport
    train, railway: rail
    rubbish, garbage, refuse, trash: waste
    frontier, customs post: border, customs
    smuggling, smuggler, contraband, black market, illicit trade: trafficking, illicit, illegal trade
    offender, felon, culprit: criminal
    judge, court, trial: prosecution, prosecutor
    fireman, rescuer, rescue worker, emergency crew, ambulance: first responder
    doctor, medic, physician, nurse: medical, health
    army, soldier, troops: armed forces, military
    police: law enforcement
    sum, price, expense, spending, spent, paid: budget, funding, cost
    giver, backer, sponsor, funder: donor
    diploma, degree: master's
    half a dozen: six
    dozen: twelve
    fortnight: two weeks
    decade: ten years
    on screen, screens, remotely, by video, from afar, on the internet: online, virtual
    put off, delayed, pushed back: postponed
    called off, scrapped, dropped: cancelled
    birthday, jubilee: anniversary
    wrap up, farewell: closing, final
    signed up, came aboard, on board, entered, enrolled, admitted, entry: joined
    tongue: language
    female: women, woman
    male: men
    isle, islander: island
    commerce, business: trade
    member, membership, joiner, newcomer: partner country, partner
    union, bloc: European Union
    town, metropolis: city
    bomb, blast: explosive, explosion
    hailed, lauded: praised, thanked, welcomed
    arms: weapons
    newest, freshest: latest
    paper, dossier: document, report
    pledge, vowed: promised, commitment
    airport: air
    leak, spill: release, accident
    ailment, illness, sickness, infection, contagion: disease, epidemic
    storehouse, depot, warehouse: storage, stores
    opinion, view: survey
    yearly: annual, every year
    inaugural, maiden, debut: first, opening
    crowned, prize, distinction: award
    argued, claimed, opined, insisted, maintained, emphasised, underlined, deemed: said, stressed
    arab monarchies, arab states, gulf monarchies, sheikhdoms: Gulf, GCC
    levant, levantine: Middle East, Lebanon
    maghreb, desert states: North Africa and Sahel
    balkans, caucasus: South East and Eastern Europe
    brussels, eurocrats: European Commission, European Union
    slice, proportion: share, per cent
    specialist, boffin, scholar: expert
    researcher: scientist, research
    ambition, aspiration: wish, aim
    vital, crucial: essential, important, key
    shield, guard, safeguard: protection, protect, security
    fake, bogus: false, counterfeit
    lab: laboratory
    handbook, manual: guide, guidebook, guidelines
    seaport, harbour: port
    ship, vessel, boat: maritime, port
    mosquito, tick, insect: vector
    vaccine, jab: vaccination
    mask, suit, protective clothing: protective equipment
    farm, crops, food, meals: food
    bad meals, food poisoning: foodborne
"""
"""What people say: what documents say instead; the words before the colon find those behind it, not the reverse."""

_MONTHS = {
    "spring": ("March", "April", "May"),
    "summer": ("June", "July", "August"),
    "autumn": ("September", "October", "November"),
    "fall": ("September", "October", "November"),
    "early": ("January", "February", "March"),
    "mid": ("May", "June", "July"),
    "late": ("October", "November", "December"),
}
_PART_OF_YEAR = re.compile(rf"(?P<part>{'|'.join(_MONTHS)}) (?:of )?(?P<year>\d{{4}})")


def in_other_words(phrase: str) -> tuple[str, ...]:
    """What documents may say for a word or a phrase, in folded words; nothing where they say just that."""
    key = _stems(phrase)
    return tuple(dict.fromkeys((*_same().get(key, ()), *in_documents(phrase))))


def in_documents(phrase: str) -> tuple[str, ...]:
    """What documents say for an everyday word or phrase, in folded words; nothing for the documents' own words."""
    return _everyday().get(_stems(phrase)) or _season(phrase)


def _season(phrase: str) -> tuple[str, ...]:
    """`spring 2024` and `late 2020` as the months that they are."""
    found = _PART_OF_YEAR.fullmatch(phrase.casefold())
    return tuple(f"{month.casefold()} {found['year']}" for month in _MONTHS[found["part"]]) if found else ()


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(phrase))


@lru_cache(maxsize=1)
def _same() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    rows = [_phrases(row) for row in _SAME.strip().splitlines()]
    return _table(([phrase for phrase in row if " " not in phrase], row) for row in rows)


@lru_cache(maxsize=1)
def _everyday() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    rows = [row.split(":") for row in _EVERYDAY.strip().splitlines()]
    return _table((_phrases(said), _phrases(others)) for said, others in rows)


def _table(rows: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """What is said instead, by the stems of what may be said."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for said, others in rows:
        for phrase in said:
            forms = found.setdefault(_stems(phrase), {})
            forms.update(dict.fromkeys(" ".join(words(other)) for other in others))
    return MappingProxyType({key: tuple(forms) for key, forms in found.items()})


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",")]
