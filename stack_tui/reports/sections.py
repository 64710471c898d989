"""Which further sections a run's report has, each only where there is something to tell."""

from stack_tui.reports.attacks import attack_rates, attack_section
from stack_tui.reports.calibration import calibration
from stack_tui.reports.calibration_words import calibration_section
from stack_tui.reports.cost import cost, cost_section
from stack_tui.reports.duels.sections import duel_sections
from stack_tui.reports.duels.summary import duel_summary
from stack_tui.reports.holdout import holdout_section, scored
from stack_tui.reports.noise import noise_sections
from stack_tui.reports.panel import panel_report
from stack_tui.reports.panel_words import panel_section
from stack_tui.reports.section import Section
from stack_tui.reports.summary import in_order
from stack_tui.reports.variation import variation_sections
from stack_tui.runs.view import RunView


def sections(view: RunView) -> list[Section]:
    """Return the sections in their order; what is held out is in its own one alone."""
    own = duel_sections(duel_summary(view)) if view.spec.duel else []
    shown = scored(view)
    found = (
        None if view.spec.duel else holdout_section(view),
        panel_section(panel_report(shown)),
        calibration_section(calibration(shown)),
        attack_section(attack_rates(in_order(shown.samples))),
        cost_section(cost(view)),
    )
    own += [*noise_sections(shown), *variation_sections(shown)]
    return [*own, *(section for section in found if section)]
