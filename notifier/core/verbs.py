"""What happens on a Deadline's day, in the three languages: each kind of Deadline has its own verb.

The day is the first day gone, so a text that names it also names the last day, and none calls it a *frist*,
which a Norwegian reads as the last day.
"""

from __future__ import annotations

from notifier.core.change import DeadlineKind
from notifier.core.text import Text

ENDS = {
    DeadlineKind.END: Text(nb="utgår", nn="går ut", en="ends"),
    DeadlineKind.CLOSED_TO_NEW: Text(
        nb="stenges for nye", nn="blir stengt for nye", en="closes to newcomers"
    ),
    DeadlineKind.TEST: Text(nb="utgår i test", nn="går ut i test", en="ends in test"),
    DeadlineKind.PRODUCTION: Text(nb="utgår i produksjon", nn="går ut i produksjon", en="ends in production"),
}
HAS_ENDED = {
    DeadlineKind.END: Text(nb="er utgått", nn="har gått ut", en="has ended"),
    DeadlineKind.CLOSED_TO_NEW: Text(
        nb="er stengt for nye", nn="er stengt for nye", en="is closed to newcomers"
    ),
    DeadlineKind.TEST: Text(nb="er utgått i test", nn="har gått ut i test", en="has ended in test"),
    DeadlineKind.PRODUCTION: Text(
        nb="er utgått i produksjon", nn="har gått ut i produksjon", en="has ended in production"
    ),
}
MILESTONES = {
    DeadlineKind.END: Text(nb="Slutt", nn="Slutt", en="End"),
    DeadlineKind.CLOSED_TO_NEW: Text(nb="Stenging for nye", nn="Stenging for nye", en="Closing to newcomers"),
    DeadlineKind.TEST: Text(nb="Slutt i test", nn="Slutt i test", en="End in test"),
    DeadlineKind.PRODUCTION: Text(nb="Slutt i produksjon", nn="Slutt i produksjon", en="End in production"),
}
ON_A_DAY = {
    DeadlineKind.END: Text(
        nb="utgår fra {first}; siste dag er {last}",
        nn="går ut frå {first}; siste dag er {last}",
        en="ends on {first}; the last day is {last}",
    ),
    DeadlineKind.CLOSED_TO_NEW: Text(
        nb="stenges for nye fra {first}; siste dag for nye er {last}",
        nn="blir stengt for nye frå {first}; siste dag for nye er {last}",
        en="closes to newcomers on {first}; the last day for newcomers is {last}",
    ),
    DeadlineKind.TEST: Text(
        nb="utgår i test fra {first}; siste dag i test er {last}",
        nn="går ut i test frå {first}; siste dag i test er {last}",
        en="ends in test on {first}; the last day in test is {last}",
    ),
    DeadlineKind.PRODUCTION: Text(
        nb="utgår i produksjon fra {first}; siste dag i produksjon er {last}",
        nn="går ut i produksjon frå {first}; siste dag i produksjon er {last}",
        en="ends in production on {first}; the last day in production is {last}",
    ),
}
UNDATED = {
    DeadlineKind.END: Text(
        nb="skal utgå; dato er ikke satt",
        nn="skal gå ut; dato er ikkje sett",
        en="will end; no date has been set",
    ),
    DeadlineKind.CLOSED_TO_NEW: Text(
        nb="skal stenges for nye; dato er ikke satt",
        nn="skal stengjast for nye; dato er ikkje sett",
        en="will close to newcomers; no date has been set",
    ),
    DeadlineKind.TEST: Text(
        nb="skal utgå i test; dato er ikke satt",
        nn="skal gå ut i test; dato er ikkje sett",
        en="will end in test; no date has been set",
    ),
    DeadlineKind.PRODUCTION: Text(
        nb="skal utgå i produksjon; dato er ikke satt",
        nn="skal gå ut i produksjon; dato er ikkje sett",
        en="will end in production; no date has been set",
    ),
}
