"""A small world that the catalogue tells of: a few meetings, projects, partner countries and secretariats."""

from tests.conftest import House

MEETINGS = {
    "ca-rtm-14": """---
title: 14th Round-Table Meeting for Central Asia
kind: meeting
sources: [{title: Report, date: 2021-06-05, url: https://example.org/14}]
records:
  - {type: meeting, id: ca-rtm-14, name: 14th Round-Table Meeting for Central Asia, series: round-table, ordinal: 14,
     region: Central Asia, start: 2021-06-01, end: 2021-06-03, city: Almaty, country: Kazakhstan, format: hybrid,
     participants: more than 60, countries: [Kazakhstan, Mongolia, Uzbekistan], projects: [65]}
---
# 14th Round-Table Meeting for Central Asia

The 14th Round-Table Meeting for Central Asia was held in Almaty, Kazakhstan, from 1 to 3 June 2021. It was a hybrid
meeting with more than 60 participants.

Kazakhstan, Mongolia and Uzbekistan took part. Project 65 was presented.

## Where the sources differ

The Commission dates the 14th meeting 1 to 3 June 2021, while a report gives 2 to 3 June 2021.
""",
    "ca-rtm-15": """---
title: 15th Round-Table Meeting for Central Asia
kind: meeting
sources: [{title: Report, date: 2022-03-30}]
records:
  - {type: meeting, id: ca-rtm-15, name: 15th Round-Table Meeting for Central Asia, series: round-table, ordinal: 15,
     region: Central Asia, start: 2022-03-21, end: 2022-03-22, city: Dubai, country: United Arab Emirates,
     format: online, participants: more than 40, countries: [Kazakhstan, Mongolia]}
---
# 15th Round-Table Meeting for Central Asia

The 15th Round-Table Meeting for Central Asia was held online and in Dubai, United Arab Emirates, on 21 and 22 March
2022. More than 40 participants of Kazakhstan and Mongolia met.
""",
    "waste-workshop": """---
title: Workshop on the National Action Plan of Mongolia
kind: meeting
sources: [{title: Report, date: 2019-05}]
records:
  - {type: meeting, id: waste-workshop, name: Workshop on the National Action Plan of Mongolia, series: workshop,
     region: Central Asia, start: 2019-05-07, end: 2019-05-07, city: Ulaanbaatar, country: Mongolia}
---
# Workshop on the National Action Plan of Mongolia

The workshop on the National Action Plan of Mongolia took place in Ulaanbaatar, Mongolia, on 7 May 2019.
It was a workshop of Central Asia.
""",
}
PROJECTS = {
    "project-65": """---
title: Project 65 (CABICHEM)
kind: project
sources: [{title: Site, date: 2020-01}]
records:
  - {type: project, number: 65, name: Waste management in Central Asia, acronym: CABICHEM, regions: [Central Asia],
     countries: [Mongolia, Uzbekistan], start: 2018-03-15, budget_eur: 3000000, duration_months: 36,
     implementer: Military Institute of Chemistry (MICHR),
     consortium: [Military Institute of Chemistry (MICHR), FORMIT]}
---
# Project 65 (CABICHEM)

Project 65 (CABICHEM), Waste management in Central Asia, covers Central Asia. It started on 15 March 2018, lasts 36
months and costs EUR 3,000,000. Mongolia and Uzbekistan take part. Its implementer is the Military Institute of
Chemistry (MICHR), in a consortium with FORMIT.
""",
    "project-66": """---
title: Project 66 (MEDISAFE)
kind: project
sources: [{title: Site, date: 2021-01}]
records:
  - {type: project, number: 66, name: Safety of medicines, acronym: MEDISAFE, regions: [Eastern and Central Africa],
     countries: [Kenya, Uganda, Zambia], start: 2018, budget_eur: 3900000, implementer: Expertise France}
---
# Project 66 (MEDISAFE)

Project 66 (MEDISAFE), Safety of medicines, covers Eastern and Central Africa and started in 2018. It has a budget of
EUR 3.9 million. Kenya, Uganda and Zambia take part. Expertise France implements it.
""",
}
OTHERS = {
    "partners/mongolia": """---
title: Mongolia
kind: partner
records: [{type: partner, name: Mongolia, region: Central Asia, joined_by: 2018-03}]
---
# Mongolia

Mongolia is a partner country of Central Asia. Mongolia was a partner country by March 2018.

## Where the sources disagree

Start of Project 65: the site gives 15 March 2018, while news of 2 April 2018 gives June 2018.
""",
    "partners/kazakhstan": """---
title: Kazakhstan
kind: partner
records: [{type: partner, name: Kazakhstan, region: Central Asia, joined: 2020-11}]
---
# Kazakhstan

Kazakhstan is a partner country of Central Asia. Kazakhstan joined the Initiative in November 2020.
""",
    "secretariats/tashkent": """---
title: Regional Secretariat for Central Asia
kind: secretariat
sources: [{title: News, date: 2024-03}]
records:
  - {type: secretariat, region: Central Asia, code: CA, city: Tashkent, country: Uzbekistan, opened: 2015-07-17,
     heads: [{name: Anna Old, role: Head (2015-07)}, {name: Boris New, role: Head (2020-11)}]}
---
# Regional Secretariat for Central Asia

The Regional Secretariat for Central Asia opened in Tashkent, Uzbekistan, on 17 July 2015. Its code is CA.
Anna Old was Head in July 2015. Boris New was Head in November 2020.
""",
}


def build(house: House) -> House:
    """Write the world into a house and ingest it."""
    documents = {f"meetings/{name}": text for name, text in MEETINGS.items()}
    documents |= {f"projects/{name}": text for name, text in PROJECTS.items()} | OTHERS
    for name, text in documents.items():
        house.write(f"{name}.md", text)
    house.ingest()
    return house
