"""Run tasks of all of lm-eval's folders on generated data, beside plain lm_eval on one server."""
