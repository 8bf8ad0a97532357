"""The ledger: what the papers print, what the package finds, and a verdict on each statement.

``claims.toml`` holds one entry per figure, per printed number and per definite statement of a paper.  An entry names
the place, states the claim in our words, gives the printed value (where there is one), the comparison with its
tolerance and the reason for that tolerance, and the function of this subpackage that computes our number.
The verdict is computed from these; it is never written by hand.  The file records the verdict that is expected, with
the reason where it is ``differs``, and a test fails when the two part.

Verdicts
--------
``agrees``, ``differs``
    Computed: our number lies inside or outside the tolerance.
``schematic``
    The statement is a definition or a drawing; there is nothing to compare with.  A number may accompany it.
``needs data``
    The comparison needs measured values or digitised curves that the project does not hold.
``open``
    The statement needs a theory that the package does not compute; ``missing`` says which.

Comparisons
-----------
``relative``
    ``|ours / printed - 1| <= tolerance``; the deviation is ``ours / printed - 1``.  Here and below ``printed`` is the
    entry's ``reference``, the value a statement in words amounts to, where no value is printed.
``absolute``, ``exponent``
    ``|ours - printed| <= tolerance``; the deviation is ``ours - printed``.
``decades``
    ``|log10(ours / printed)| <= tolerance``; the deviation is ``log10(ours / printed)``.
``at_least``, ``at_most``
    ``ours >= bound`` or ``ours <= bound``: a statement in words, such as "nearly constant", turned into a bound;
    the deviation is ``ours - bound``.
``boolean``
    The function returns a `Finding` whose ``holds`` is the answer.
"""

import functools
import importlib
import math
import tomllib
from dataclasses import dataclass
from importlib import resources

from ..errors import InputError

__all__ = ["Claim", "Finding", "Verdict", "evaluate", "judge", "load", "table"]

COMPUTED_VERDICTS = ("agrees", "differs")
UNJUDGED_VERDICTS = ("schematic", "needs data", "open")
COMPARISONS = ("relative", "absolute", "exponent", "decades", "at_least", "at_most", "boolean")


@dataclass(frozen=True)
class Finding:
    """What an evaluation function returns when a bare number does not say enough.

    Attributes
    ----------
    value : float
        The number that is compared.
    detail : str
        The numbers behind it, rounded, in words.
    holds : bool or None
        The answer of a ``boolean`` comparison.
    """

    value: float
    detail: str = ""
    holds: bool | None = None


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger.

    Attributes
    ----------
    id : str
        Identifier, unique in the ledger.
    paper : str
        Key of the paper in the bibliography, e.g. ``"KuhnHorstmann1997"``.
    place : str
        Figure, equation or section, e.g. ``"Fig. 1a"``.
    statement : str
        What the paper says, in our words.
    expected_verdict : str
        The recorded verdict; the computed one must equal it.
    printed : float or None
        The printed value.
    reference : float or None
        The value a statement in words, or a formula, amounts to, where none is printed.
    bound : float or None
        The bound of an ``at_least`` or ``at_most`` comparison.
    unit : str
        Unit of the printed value and of ours.
    comparison : str or None
        One of the comparisons listed in the module; None for entries that are not judged.
    tolerance : float or None
        Tolerance of the comparison.
    tolerance_reason : str
        Why this tolerance or bound.
    callable : str or None
        ``"module:function"`` inside `lowtglass.claims`.
    reason : str
        Why the verdict is ``differs``, or a remark on how the number was reached.
    missing : str
        What an ``open`` or ``needs data`` entry lacks.
    """

    id: str
    paper: str
    place: str
    statement: str
    expected_verdict: str
    printed: float | None = None
    reference: float | None = None
    bound: float | None = None
    unit: str = ""
    comparison: str | None = None
    tolerance: float | None = None
    tolerance_reason: str = ""
    callable: str | None = None
    reason: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Verdict:
    """The outcome for one claim.

    Attributes
    ----------
    claim : Claim
        The entry.
    value : float or None
        Our number; None where nothing is computed.
    verdict : str
        ``agrees``, ``differs``, ``schematic``, ``needs data`` or ``open``.
    deviation : float or None
        Deviation in the sense of the comparison; None where nothing is compared.
    reason : str
        The numbers behind the value, the reason of a difference, or what is missing.
    """

    claim: Claim
    value: float | None
    verdict: str
    deviation: float | None
    reason: str


def load(paper=None, place=None):
    """Read the entries of the ledger.

    Parameters
    ----------
    paper : str, optional
        Keep the entries of this paper only, by its bibliography key.
    place : str, optional
        Keep the entries of this figure, equation or section only, e.g. ``"Fig. 1a"``.  ``"Fig. 1"`` also finds
        ``"Fig. 1a"`` and ``"Fig. 1b"``, but not ``"Fig. 10"``.

    Returns
    -------
    tuple of Claim
        In the order of the file.

    Raises
    ------
    InputError
        If the ledger has no such paper, or no such place in it.
    """
    claims = _ledger()
    if paper is not None:
        papers = tuple(dict.fromkeys(claim.paper for claim in claims))
        if paper not in papers:
            raise InputError("paper", paper, f"one of {papers}")
        claims = tuple(claim for claim in claims if claim.paper == paper)
    if place is not None:
        places = tuple(dict.fromkeys(claim.place for claim in claims))
        claims = tuple(claim for claim in claims if isinstance(place, str) and _within_place(claim.place, place))
        if not claims:
            raise InputError("place", place, f"one of {places}")
    return claims


def evaluate(claim):
    """Compute our number for one claim and judge it.

    Parameters
    ----------
    claim : Claim or str
        An entry, or its id.

    Returns
    -------
    Verdict
        Our value, the verdict, the deviation and its reason.

    Raises
    ------
    InputError
        If the ledger has no entry of that id.
    """
    claim = _find(claim)
    return judge(claim, None if claim.callable is None else _measure(claim.callable))


def judge(claim, value):
    """Judge a given number by the comparison of a claim.

    Parameters
    ----------
    claim : Claim or str
        An entry, or its id.
    value : float, Finding or None
        The number to be judged; None for an entry without a number.

    Returns
    -------
    Verdict
        The verdict on that number.

    Raises
    ------
    InputError
        If the ledger has no entry of that id, or if the comparison needs a number and gets none.
    """
    claim = _find(claim)
    finding = value if isinstance(value, Finding) or value is None else Finding(_number(value))
    number = None if finding is None else _number(finding.value)
    reason = " ".join(part for part in ("" if finding is None else finding.detail, claim.reason, claim.missing) if part)
    if claim.comparison is None:
        return Verdict(claim, number, claim.expected_verdict, None, reason)
    if finding is None:
        raise InputError("value", value, f"a number: {claim.id} is compared by {claim.comparison}")
    target = claim.reference if claim.printed is None else claim.printed
    if claim.comparison == "boolean":
        if finding.holds is None:
            raise InputError("value", value, f"a Finding that says whether it holds: {claim.id} is a yes-or-no claim")
        deviation, agrees = None, bool(finding.holds)
    elif claim.comparison == "relative":
        deviation = number / target - 1
        agrees = abs(deviation) <= claim.tolerance
    elif claim.comparison in ("absolute", "exponent"):
        deviation = number - target
        agrees = abs(deviation) <= claim.tolerance
    elif claim.comparison == "decades":
        ratio = number / target
        deviation = math.log10(ratio) if ratio > 0 else math.nan
        agrees = abs(deviation) <= claim.tolerance
    else:
        deviation = number - claim.bound
        agrees = deviation >= 0 if claim.comparison == "at_least" else deviation <= 0
    return Verdict(claim, number, COMPUTED_VERDICTS[0] if agrees else COMPUTED_VERDICTS[1], deviation, reason)


def table(paper=None, place=None, ids=None):
    """Evaluate entries and lay them out as a table of readable strings.

    Parameters
    ----------
    paper, place : str, optional
        As for `load`.
    ids : sequence of str, optional
        Keep these entries only, in this order.

    Returns
    -------
    pandas.DataFrame
        Indexed by id, with the columns ``place``, ``statement``, ``printed``, ``ours``, ``tolerance`` and
        ``verdict``; numbers are rounded.

    Raises
    ------
    InputError
        If the ledger has no such paper, place or id.
    """
    import pandas

    claims = load(paper, place)
    if ids is not None:
        if isinstance(ids, str):
            raise InputError("ids", ids, "a sequence of ids")
        chosen = {claim.id: claim for claim in claims}
        for id in ids:
            if id not in chosen:
                raise InputError("ids", id, f"one of {tuple(chosen)}")
        claims = tuple(chosen[id] for id in ids)
    rows = [_row(evaluate(claim)) for claim in claims]
    columns = ["place", "statement", "printed", "ours", "tolerance", "verdict"]
    return pandas.DataFrame(rows, columns=columns, index=pandas.Index([claim.id for claim in claims], name="id"))


def _row(verdict):
    claim = verdict.claim
    unit = f" {claim.unit}" if claim.unit else ""
    if claim.printed is not None:
        printed = _rounded(claim.printed) + unit
    else:
        printed = "in words" if claim.reference is None else f"in words ({_rounded(claim.reference)})"
    if verdict.value is None:
        ours = "–"
    elif claim.comparison == "boolean":
        ours = _rounded(verdict.value) + unit if math.isfinite(verdict.value) else "see reason"
    else:
        ours = _rounded(verdict.value) + unit
    match claim.comparison:
        case None:
            tolerance = "–"
        case "relative":
            tolerance = f"± {_rounded(100 * claim.tolerance)} %"
        case "absolute" | "exponent":
            tolerance = f"± {_rounded(claim.tolerance)}"
        case "decades":
            tolerance = f"± {_rounded(claim.tolerance)} decades"
        case "at_least":
            tolerance = f"≥ {_rounded(claim.bound)}"
        case "at_most":
            tolerance = f"≤ {_rounded(claim.bound)}"
        case "boolean":
            tolerance = "yes or no"
    return claim.place, claim.statement, printed, ours, tolerance, verdict.verdict


def _rounded(number):
    """Three significant digits; an exponent only where it is needed."""
    number = float(number)
    if number == 0 or not math.isfinite(number):
        return f"{number:g}"
    if 1e-3 <= abs(number) < 1e5:
        return f"{number:.3g}" if abs(number) < 999.5 else f"{number:.0f}"
    mantissa, exponent = f"{number:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return power if mantissa == "1" else f"{mantissa}·{power}"


_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _within_place(place, wanted):
    if place == wanted:
        return True
    return bool(wanted) and place.startswith(wanted) and not place[len(wanted)].isdigit()


def _find(claim):
    if isinstance(claim, Claim):
        return claim
    ledger = {entry.id: entry for entry in _ledger()}
    if not isinstance(claim, str) or claim not in ledger:
        raise InputError("claim", claim, "a Claim, or the id of an entry of the ledger")
    return ledger[claim]


def _number(value):
    if isinstance(value, (bool, str, bytes)):
        raise InputError("value", value, "a number")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError("value", value, "a number") from None


@functools.cache
def _measure(name):
    return _resolve(name)()


def _resolve(name):
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(f"{__name__}._{module}"), function)


@functools.cache
def _ledger():
    text = resources.files(__name__).joinpath("claims.toml").read_text(encoding="utf-8")
    claims = tuple(_parse(entry) for entry in tomllib.loads(text)["claim"])
    ids = [claim.id for claim in claims]
    repeated = sorted({id for id in ids if ids.count(id) > 1})
    if repeated:
        raise ValueError(f"ids used twice in the ledger: {repeated}")
    return claims


def _parse(entry):
    claim = Claim(**entry)
    problem = _inconsistency(claim)
    if problem:
        raise ValueError(f"ledger entry {claim.id}: {problem}")
    return claim


def _inconsistency(claim):
    """Say what is wrong with an entry, or return None."""
    if claim.comparison is None:
        if claim.expected_verdict not in UNJUDGED_VERDICTS:
            return f"verdict {claim.expected_verdict!r} needs a comparison"
        if claim.expected_verdict in ("open", "needs data") and not claim.missing:
            return "says not what is missing"
        return None
    if claim.comparison not in COMPARISONS:
        return f"unknown comparison {claim.comparison!r}"
    if claim.expected_verdict not in COMPUTED_VERDICTS:
        return f"a compared entry cannot be {claim.expected_verdict!r}"
    if claim.callable is None:
        return "a compared entry needs a callable"
    if not claim.tolerance_reason:
        return "gives no reason for its tolerance"
    if claim.expected_verdict == "differs" and not claim.reason:
        return "differs without a reason"
    if claim.comparison in ("at_least", "at_most"):
        return None if claim.bound is not None else "needs a bound"
    if claim.comparison == "boolean":
        return None
    target = claim.reference if claim.printed is None else claim.printed
    if target is None or claim.tolerance is None:
        return "needs a printed value, or a reference, and a tolerance"
    if not claim.tolerance > 0 or (claim.comparison in ("relative", "decades") and target == 0):
        return "has a comparison without meaning"
    return None
