"""Which further sections a run's report has, each only where there is something to tell."""

from stack_tui.reports.attacks import attack_rates, attack_section
from stack_tui.reports.calibration import calibration
from stack_tui.reports.calibration_words import calibration_section
from stack_tui.reports.cost import cost, cost_section
from stack_tui.reports.duels.sections import duel_sections
from stack_tui.reports.duels.summary import duel_summary
from stack_tui.reports.noise import noise_sections
from stack_tui.reports.panel import panel_report
from stack_tui.reports.panel_words import panel_section
from stack_tui.reports.section import Section
from stack_tui.reports.summary import in_order
from stack_tui.reports.variation import variation_sections
from stack_tui.runs.view import RunView


def sections(view: RunView) -> list[Section]:
    """Return the sections in their order."""
    own = duel_sections(duel_summary(view)) if view.spec.duel else []
    found = (
        panel_section(panel_report(view)),
        calibration_section(calibration(view)),
        attack_section(attack_rates(in_order(view.samples))),
        cost_section(cost(view)),
    )
    own += [*noise_sections(view), *variation_sections(view)]
    return [*own, *(section for section in found if section)]
