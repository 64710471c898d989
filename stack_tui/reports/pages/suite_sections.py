"""Which further sections a run's report has, each only where there is something to tell."""

from stack_tui.reports.measures.attacks import attack_rates, attack_section
from stack_tui.reports.measures.calibration import calibration
from stack_tui.reports.measures.cost import cost, cost_section
from stack_tui.reports.measures.duels.duel_summary import duel_summary
from stack_tui.reports.measures.holdout_summary import holdout_section
from stack_tui.reports.measures.judge_agreement import panel_report
from stack_tui.reports.measures.noise import noise_sections
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.pages.calibration_section import calibration_section
from stack_tui.reports.pages.duel_sections import duel_sections
from stack_tui.reports.pages.panel_section import panel_section
from stack_tui.reports.pages.section import Section
from stack_tui.reports.pages.variation_section import variation_sections
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView


def sections(view: RunView) -> list[Section]:
    """Return the sections in their order; what is held out is in its own one alone."""
    duel = isinstance(view.spec.subject, DuelSubject)
    own = duel_sections(duel_summary(view)) if duel else []
    found = (
        None if duel else holdout_section(view),
        panel_section(panel_report(view)),
        calibration_section(calibration(view)),
        attack_section(attack_rates(in_order(view.open_samples))),
        cost_section(cost(view)),
    )
    own += [*noise_sections(view), *variation_sections(view)]
    return [*own, *(section for section in found if section)]
