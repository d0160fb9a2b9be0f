"""The people and things of a country: `Kyrgyz` for Kyrgyzstan."""

from collections.abc import Iterator
from types import MappingProxyType

_DEMONYMS = {
    "Afghanistan": "afghan", "Albania": "albanian", "Algeria": "algerian", "Armenia": "armenian",
    "Azerbaijan": "azerbaijani azeri", "Bahrain": "bahraini", "Benin": "beninese", "Bosnia and Herzegovina": "bosnian",
    "Brunei Darussalam": "bruneian", "Burkina Faso": "burkinabe", "Burundi": "burundian", "Cambodia": "cambodian",
    "Cameroon": "cameroonian", "Chad": "chadian", "Côte d'Ivoire": "ivorian",
    "Democratic Republic of the Congo": "congolese", "Ethiopia": "ethiopian", "Gabon": "gabonese",
    "Georgia": "georgian", "Ghana": "ghanaian", "Indonesia": "indonesian", "Iraq": "iraqi", "Jordan": "jordanian",
    "Kazakhstan": "kazakh kazakhstani", "Kenya": "kenyan", "Kuwait": "kuwaiti", "Kyrgyzstan": "kyrgyz", "Laos": "lao",
    "Lebanon": "lebanese", "Liberia": "liberian", "Libya": "libyan", "Malawi": "malawian", "Malaysia": "malaysian",
    "Mali": "malian", "Mauritania": "mauritanian", "Mauritius": "mauritian", "Moldova": "moldovan",
    "Mongolia": "mongolian", "Montenegro": "montenegrin", "Morocco": "moroccan", "Namibia": "namibian",
    "Nigeria": "nigerian", "Niger": "nigerien", "North Macedonia": "macedonian", "Oman": "omani",
    "Pakistan": "pakistani", "Philippines": "philippine filipino", "Qatar": "qatari", "Rwanda": "rwandan",
    "Saudi Arabia": "saudi", "Senegal": "senegalese", "Serbia": "serbian", "Seychelles": "seychellois",
    "Sierra Leone": "leonean", "Singapore": "singaporean", "Tajikistan": "tajik", "Tanzania": "tanzanian",
    "Thailand": "thai", "Togo": "togolese", "Tunisia": "tunisian", "Uganda": "ugandan", "Ukraine": "ukrainian",
    "United Arab Emirates": "emirati", "Uzbekistan": "uzbek", "Viet Nam": "vietnamese", "Zambia": "zambian",
    "Egypt": "egyptian", "South Sudan": "sudanese", "Türkiye": "turkish turk", "Turkmenistan": "turkmen",
    "Myanmar": "burmese",
}  # fmt: skip


def demonyms() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each country with the folded words for its people and things, singular and plural."""
    for country, forms in _DEMONYMS.items():
        yield country, tuple(form for word in forms.split() for form in (word, f"{word}s"))


def country_of(word: str) -> str | None:
    """The country whose people or things a folded word names."""
    return _COUNTRIES.get(word)


_COUNTRIES = MappingProxyType({form: country for country, forms in demonyms() for form in forms})
