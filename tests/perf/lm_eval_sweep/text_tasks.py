"""Tasks that let the model write or score a text, and the columns of them that are not plain text.

Columns that a task's templates name and that are missing here hold sentences.
"""

import json

from tests.perf.lm_eval_sweep.columns import (
    Columns,
    constant,
    digits,
    integer,
    letter,
    marked_answer,
    numbered,
    one_of,
    paragraph,
    plain,
    record,
    sentence,
    several,
    solution,
    words,
)

_translation: Columns = {"translation": record(en=sentence, fr=sentence, ro=sentence)}
_squad: Columns = {
    "id": words(2),
    "title": words(2),
    "context": paragraph,
    "question": sentence,
    "answers": record(text=several(words(1, 3), 1, 3), answer_start=constant([0])),
}
_extraction: Columns = {"text": paragraph, "value": words(1, 3)}
_math: Columns = {
    "problem": sentence,
    "solution": solution,
    "answer": digits(2, 40),
    "level": constant("Level 2"),
    "type": constant("Algebra"),
}
_pro: Columns = {
    "category": constant("law"),
    "question": sentence,
    "options": several(words(1, 4), 10),
    "answer": letter(10),
    "cot_content": constant("A: Let's think step by step. It follows. The answer is (B)."),
}
_turns = record(input_text=several(words(1, 4), 3))
_instructions: Columns = {
    "key": integer(1, 999),
    "instruction_id_list": constant(["punctuation:no_comma", "length_constraints:number_words"]),
    "kwargs": constant(
        [
            {"num_words": None, "relation": None},
            {"num_words": 4, "relation": "at least"},
        ]
    ),
}
_emotions = {f"emotion{n}": name for n, name in enumerate(("Joy", "Fear", "Hope", "Anger"), 1)}
_scores = {f"emotion{n}_score": str(n) for n in range(1, 5)}
_drop_answer = {
    "number": "12",
    "date": {"day": "", "month": "", "year": ""},
    "spans": [],
    "worker_id": "",
    "hit_id": "",
}
_truthful: Columns = {
    "best_answer": plain,
    "correct_answers": several(plain, 2),
    "incorrect_answers": several(plain, 2),
}
_code: Columns = {
    "prompt": constant('def add(a, b):\n    """Add."""\n'),
    "suffix": constant(""),
    "test": constant("def check(candidate):\n    assert candidate(1, 2) == 3\n"),
    "entry_point": constant("add"),
}
_LINGUISTICS = json.dumps(
    [
        {
            "prompt": "Translate.",
            "subprompts": [{"questionpart_n": "a", "question": "the river", "answer": "ibaia"}],
        }
    ]
)
_schema = json.dumps({"type": "object", "properties": {"name": {"type": "string"}}})

TEXT_TASKS: dict[str, Columns] = {
    "asdiv": {"answer": constant("9 (apples)")},
    "arithmetic_1dc": {},
    "wikitext": {"page": paragraph},
    "uncheatable_eval_arxiv_cs": {"content": paragraph, "category": constant("arxiv_cs")},
    "pile_arxiv": {"text": paragraph},
    "pile_10k": {"text": paragraph},
    "paloma_gab": {"text": paragraph},
    "lambada_openai_mt_stablelm_de": {"text": paragraph},
    "lambada_openai_mt_de": {"text": paragraph},
    "lambada_openai_cloze_yaml": {"text": paragraph},
    "lambada_openai": {"text": paragraph},
    "c4": {"text": paragraph},
    "acp_app_gen": {},
    "acp_areach_bool": {"answer": one_of("yes", "no")},
    "afrimgsm_amh_prompt_1": {"answer": marked_answer, "answer_number": integer(2, 99)},
    "agieval_math": {"answer": digits(1, 40)},
    "aime": {"Answer": integer(0, 999)},
    "anagrams1": {"completion": words(1)},
    "babi": {"answer": words(1)},
    "babilong_qa1": {"input": paragraph, "question": sentence, "target": words(1)},
    "bbh_fewshot_snarks": {"target": one_of("(A)", "(B)")},
    "bigbench_gem_generate_until": {"targets": several(words(2, 4), 1)},
    "cnn_dailymail_abisee": {"article": paragraph},
    "code2text_go": {
        "code_tokens": several(words(1), 6),
        "docstring_tokens": several(words(1), 5),
    },
    "coqa": {
        "story": paragraph,
        "questions": _turns,
        "answers": _turns,
        "additional_answers": record(**{"0": _turns, "1": _turns}),
    },
    "cruxeval_input": {
        "code": constant("def f(x):\n    return x + 1"),
        "input": digits(1, 9),
        "output": digits(2, 10),
    },
    "drop": {
        "query_id": words(2),
        "passage": paragraph,
        "question": sentence,
        "answer": constant(_drop_answer),
        "validated_answers": constant(
            {
                "number": ["12", "13"],
                "date": [_drop_answer["date"], _drop_answer["date"]],
                "spans": [[], []],
            }
        ),
    },
    "eq_bench": {"reference_answer_fullscale": constant(repr(_emotions | _scores))},
    "evalita-mp_ner_wn_p1": {
        "text": sentence,
        "entities": several(record(entity_text=words(1), type=one_of("PER", "LOC")), 2),
    },
    "fda": _extraction,
    "fld_star": {"world_assump_label": one_of("PROVED", "DISPROVED", "UNKNOWN")},
    "graphwalks_1M": {"prompt": paragraph, "answer_nodes": several(words(1), 3)},
    "gsm8k": {"answer": marked_answer},
    "gsm8k_llama": {"answer": marked_answer, "target": None},
    "gsm8k_platinum": {"answer": marked_answer},
    "gsm_plus": {"solution": marked_answer},
    "hendrycks_math500": _math,
    "hrm8k_ksm": {"question": sentence, "answer": integer(1, 99)},
    "humaneval": _code,
    "humaneval_multi_line_infilling": _code,
    "ifeval": _instructions,
    "infinitebench_passkey": {
        "id": integer(1, 99),
        "context": paragraph,
        "input": sentence,
        "answer": several(digits(10, 99), 1),
        "options": constant([""]),
    },
    "jfinqa_temporal": {
        "pre_text": several(sentence, 2),
        "post_text": several(sentence, 1),
        "table_headers": several(words(1), 2),
        "table_rows": several(several(digits(1, 99), 2), 2),
        "question": sentence,
        "answer": digits(1, 99),
    },
    "jsonschema_bench_easy": {"json_schema": constant(_schema)},
    "kbl_legal_concept_qa_em": {"label": letter(5)},
    "kormedmcqa_nurse": {"answer": integer(1, 5)},
    "leaderboard_ifeval": _instructions,
    "legalbench_proa": {"answer": one_of("Yes", "No")},
    "lingoly_context": {
        "preamble": sentence,
        "context": paragraph,
        "overall_question_n": integer(1, 9),
        "questions": constant(_LINGUISTICS),
    },
    "longbench_lcc": {"context": paragraph, "answers": several(words(3), 1)},
    "longproc_countdown_2k": {
        "input_prompt": paragraph,
        "reference_output": sentence,
        "metadata": constant('{"nums": [1, 2], "target": 3}'),
    },
    "mbpp": {"test_list": constant(["assert f(1) == 2", "assert f(2) == 3", "assert f(3) == 4"])},
    "meddialog_qsumm": {"src": paragraph, "tgt": sentence},
    "mediqa_qa2019": {},
    "medtext": {"Prompt": sentence, "Completion": sentence},
    "meqsum": {"CHQ": sentence, "Summary": sentence},
    "mgsm_direct_bn": {"answer": one_of(None, "উত্তর: ৫"), "answer_number": integer(1, 99)},
    "minerva_math500": _math,
    "mlqa_ar_ar": _squad,
    "mmlu_pro_law": _pro,
    "mmlu_pro_plus_law": _pro,
    "mmlu_prox_af_law": {**_pro, **numbered("option_{}", 0, 9, words(1, 4))},
    "mmlu_redux_anatomy_generative": {"choices": several(words(1, 4), 4), "answer": integer(0, 3)},
    "mts_dialog": {"dialogue": sentence, "section_text": sentence},
    "noticia": {"summary": sentence},
    "nq_open": {"answer": several(words(1, 3), 1, 3)},
    "olaph": {},
    "passkey": {
        "context": paragraph,
        "input": sentence,
        "positive_outputs": several(digits(10, 99), 1),
        "length": constant("8p"),
    },
    "polemo2_in": {
        "target": one_of("__label__meta_zero", "__label__meta_minus_m", "__label__meta_plus_m")
    },
    "prompt_robustness_math_algebra": _math,
    "putnam_axiom": _math,
    "realtoxicityprompts": {"prompt": record(text=sentence)},
    "ru_entity_definition": {
        "instruction": constant("Text: {text}"),
        "context": constant('{"text": "слово"}'),
        "true_answer": sentence,
    },
    "ruler_vt": {},
    "scrolls_qmsum": {
        "id": words(2),
        "pid": words(2),
        "input": lambda seed: f"{sentence(seed)}\n\n{paragraph(seed)}",
        "output": sentence,
    },
    "slr_bench_all": {},
    "squad_completion": _extraction,
    "squadv2": _squad,
    "swde": _extraction,
    "transliteration_all": {"messages": several(record(content=sentence), 2)},
    "triviaqa": {"answer": record(aliases=several(words(1, 3), 2), value=words(1))},
    "truthfulqa-multi_gen_ca": _truthful,
    "truthfulqa_gen": _truthful,
    "tydiqa_goldp_ar": {**_squad, "id": lambda seed: f"arabic-{seed.randint(1, 9999)}"},
    "wmt-ro-en-t5-prompt": _translation,
    "wmt14-en-fr": _translation,
    "xquad_ar": _squad,
    "atis": {},
}

# Tasks that name their datasets in their own code: the dataset, its subset and splits, or files.
DATASETS_IN_CODE: dict[str, tuple[str, str | None, tuple[str, ...], dict[str, str]]] = {
    "babilong_qa1": ("RMT-team/babilong-1k-samples", "0k", ("qa1",), {}),
    "fda": ("hazyresearch/based-fda", None, ("validation",), {}),
    "graphwalks_1M": (
        "openai/graphwalks",
        None,
        (),
        {"train": "graphwalks_256k_to_1mil.parquet"},
    ),
    "squad_completion": ("hazyresearch/based-squad", None, ("validation",), {}),
    "squadv2": ("lighteval/squad_v2", None, ("train", "validation"), {}),
    "swde": ("hazyresearch/based-swde-v2", None, ("validation",), {}),
}
