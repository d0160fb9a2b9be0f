"""A small portfolio: what projects are for, lists of countries whole or not, and what documents say is missing."""

from tests.conftest import House

DOCUMENTS = {
    "projects/project-71": """---
title: 'Project 71 (SEALAB): Laboratories of the coast'
kind: project
sources: [{title: Site, date: 2021-04-09}]
records:
  - {type: project, number: 71, name: Laboratories of the coast, acronym: SEALAB,
     regions: [South East Asia, Gulf], countries: [Cambodia, Thailand, Qatar], start: 2019-03, end: 2021-02,
     implementer: ENEA, consortium: [ENEA, FORMIT]}
---
# Project 71 (SEALAB): Laboratories of the coast

## In brief

Project 71, known as SEALAB, is about laboratories that detect toxins on the coast. Project 71 ran from March 2019 to
February 2021. ENEA implemented Project 71 in a consortium with FORMIT. The pages give no budget for Project 71.

## Objectives

Project 71 aimed to let coastal laboratories warn each other within a day. Before Project 71, missions had found gaps.

## Countries

In South East Asia, Project 71 worked with Cambodia and Thailand. In the Gulf, Project 71 worked with Qatar.

## Where the sources differ

- Title of Project 71: the news of 2019 calls it Laboratories by the sea.
""",
    "projects/project-72": """---
title: 'Project 72: Equipment for border posts'
kind: project
sources: [{title: Factsheet, date: 2024-04-09}]
records:
  - {type: project, number: 72, name: Equipment for border posts, regions: [South East Asia],
     countries: [Cambodia, Malaysia], start: 2022, status: ongoing}
---
# Project 72: Equipment for border posts

Project 72 buys equipment for border posts and started in 2022. Project 72 was ongoing on 9 April 2024.
Two countries are listed for Project 72 in South East Asia: Cambodia and Malaysia.
Thailand is missing from the list of countries of Project 72. Project 72 builds on Project 71.
""",
    "projects/project-73": """---
title: 'Project 73: Training of customs'
kind: project
records: [{type: project, number: 73, name: Training of customs, regions: [Gulf], status: completed}]
---
# Project 73: Training of customs

The heading is a description, because the pages give no full title for Project 73. Project 73 trained customs officers
in the Gulf and is completed.
""",
    "meetings/sea-rtm-4": """---
title: 4th Round Table Meeting for South East Asia
kind: meeting
sources: [{title: Report, date: 2020-02}]
records:
  - {type: meeting, id: sea-rtm-4, name: 4th Round Table Meeting for South East Asia, series: round-table, ordinal: 4,
     region: South East Asia, start: 2020-02-04, end: 2020-02-05, city: Manila, country: Philippines,
     format: in person, countries: [Cambodia, Malaysia, Thailand]}
---
# 4th Round Table Meeting for South East Asia

The 4th Round Table Meeting for South East Asia was held in person in Manila, Philippines, on 4 and 5 February 2020.
Three countries took part in the 4th Round Table Meeting: Cambodia, Malaysia and Thailand.
""",
    "partners/cambodia": """---
title: Cambodia
kind: partner
records: [{type: partner, name: Cambodia, region: South East Asia, joined: 2013-05}]
---
# Cambodia

Cambodia is a partner country of South East Asia. Cambodia joined the Initiative in May 2013.
""",
    "partners/brunei-darussalam": """---
title: Brunei Darussalam
kind: partner
records: [{type: partner, name: Brunei Darussalam, region: South East Asia, status: unconfirmed}]
---
# Brunei Darussalam

Whether Brunei Darussalam of South East Asia is a partner country is unconfirmed.
""",
    "secretariats/manila": """---
title: Regional Secretariat for South East Asia
kind: secretariat
sources: [{title: News, date: 2024-03}]
records:
  - {type: secretariat, region: South East Asia, code: SEA, city: Manila, country: Philippines, opened: 2013,
     heads: [{name: Anna Old, role: Head (2013-03)}, {name: Boris New, role: 'Head (2018-05, 2020-11)'}]}
---
# Regional Secretariat for South East Asia

The Regional Secretariat for South East Asia (SEA) opened in Manila, Philippines, on 6 March 2013.

| Item | Secretariat |
|---|---|
| Heads named | Anna Old (March 2013), Boris New (May 2018), Carla Late |

Boris New was still Head of the secretariat in November 2020.
""",
    "initiative/bodies": """---
title: The bodies
kind: initiative
---
# The bodies

Each country names a National Focal Point (NFP), who leads the national team. A regional action plan (RAP) holds the
priorities that the countries of one region share. Each National Focal Point has one deputy.

The EU CBRN CoE Initiative is the Centres of Excellence Initiative. The EU CBRN CoE Initiative is a programme of the
European Union that helps countries elsewhere. A survey is the tool of the Research Centre that comes before a plan. The
role of the Research Centre (RC) is to advise the countries.
""",
    "initiative/glossary": """---
title: Glossary
kind: glossary
---
# Glossary

| Abbreviation | Meaning | Explanation |
|---|---|---|
| CoE | Centres of Excellence | The initiative itself |
| RC | Research Centre | Body that advises |
| NFP | National Focal Point | Person who speaks for a country |
| RAP | Regional Action Plan | Document of a region |
| RTM | Round-Table Meeting | Meeting of the focal points of a region |
""",
}


def build(house: House) -> House:
    """Write the portfolio into a house and ingest it."""
    for name, text in DOCUMENTS.items():
        house.write(f"{name}.md", text)
    house.ingest()
    return house
