"""Los nombres con que la gente llama a un distrito y que no son el suyo."""

from collections.abc import Mapping
from types import MappingProxyType

# Sin «surco» ni «magdalena», quien vive en Lima quedaría en el distrito homónimo de otra provincia.
APODOS: Mapping[str, str] = MappingProxyType(
    {
        "sjl": "150132",
        "sjm": "150133",
        "smp": "150135",
        "vmt": "150143",
        "ves": "150142",
        "surco": "150140",
        "magdalena": "150120",
        "chosica": "150118",
        "vitarte": "150103",
        "ate vitarte": "150103",
        "carmen de la legua": "070103",
        "jlbyr": "040129",
        "jlo": "140105",
        "cañete": "150501",
        "chincha": "110201",
        "pucallpa": "250101",
        "puerto maldonado": "170101",
        "cerro de pasco": "190101",
        "tingo maria": "100601",
        "quillabamba": "080901",
        "la merced": "120301",
    }
)
