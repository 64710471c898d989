"""Tasks that score given choices, and the columns of their data that are not plain text.

Columns that a task's templates name and that are missing here hold sentences.
"""

from tests.perf.lm_eval_sweep.columns import (
    Columns,
    as_literal,
    constant,
    digits,
    integer,
    labelled_choices,
    letter,
    numbered,
    one_of,
    paragraph,
    plain,
    record,
    sentence,
    several,
    with_blank,
    words,
)

_four = several(words(1, 5), 4)
_abcd = {**dict.fromkeys("ABCD", words(1, 5))}
_pair = {"label": integer(0, 1)}
_nli: Columns = {"premise": plain, "hypothesis": plain, "label": integer(0, 2)}
_arc: Columns = {"choices": labelled_choices(4), "answerKey": letter(4)}
_mmlu: Columns = {"choices": _four, "answer": integer(0, 3)}
_copa: Columns = {
    "premise": plain,
    "choice1": plain,
    "choice2": plain,
    "question": one_of("cause", "effect"),
    "label": integer(0, 1),
}
_winograd: Columns = {
    "sentence": with_blank,
    "option1": words(1, 2),
    "option2": words(1, 2),
    "answer": one_of("1", "2"),
}
_hellaswag: Columns = {
    "ctx": sentence,
    "ctx_a": sentence,
    "ctx_b": words(2, 4),
    "activity_label": words(2),
    "endings": several(sentence, 4),
    "label": one_of("0", "1", "2", "3"),
}
_story: Columns = {"answer_right_ending": integer(1, 2)}
_morals: Columns = dict.fromkeys(
    ("norm", "situation", "intention", "moral_action", "immoral_action"), sentence
)
_statement = "Marie"
_bbq_answer = record(
    ans0=several(words(1), 1), ans1=several(words(1), 1), ans2=constant(["unknown"])
)
_bbq: Columns = {
    "category": one_of("Age", "Nationality"),
    "context_condition": one_of("ambig", "disambig"),
    "question_polarity": one_of("neg", "nonneg"),
    "question_type": one_of("pro-stereo", "anti-stereo"),
    "stereotyped_groups": several(words(1), 2),
    "answer_info": _bbq_answer,
    "additional_metadata": record(stereotyped_groups=several(words(1), 2)),
    "ans0": words(1, 3),
    "ans1": words(1, 3),
    "ans2": constant("Not known"),
    "label": integer(0, 2),
}
_culture: Columns = {
    "country": constant("KSA"),
    "region": constant("Gulf"),
    "first_statement": sentence,
    "options": record(
        text=several(words(2, 5), 3),
        arabic_keys=constant(["أ", "ب", "ج"]),
        english_keys=constant(["A", "B", "C"]),
    ),
    "answer_key": record(english_answer_key=letter(3), arabic_answer_key=one_of("أ", "ب", "ج")),
}
_problem = record(question=sentence, options=_four, answer=letter(4))
_math_options = "a ) 3 , b ) 27.6 , c ) 38 , d ) 4 / 5 , e ) none"
_candidates: Columns = {"candidates": _four, "answer": integer(0, 3)}

CHOICE_TASKS: dict[str, Columns] = {
    "AraDiCE_piqa_egy": _pair,
    "aclue_ancient_medical": {"Answer": letter(4), **_abcd},
    "aexams_Social": {"answer": letter(4), **_abcd},
    "afrimmlu_direct_amh_prompt_1": {
        "choices": as_literal(_four),
        "answer": letter(4),
        "subject": words(1),
        "question": sentence,
    },
    "afrixnli_amh_prompt_1": _nli,
    "agieval_aqua_rat": {"choices": _four, "gold": several(integer(0, 3), 1)},
    "anli_r1": _nli,
    "arab_culture_completion_ksa": _culture,
    "arab_culture_ksa": _culture,
    "arabic_exams": {"subject": words(1), "question": sentence, "answer": letter(4), **_abcd},
    "arabic_exams_light": {"subject": words(1), "question": sentence, "answer": letter(4), **_abcd},
    "arabicmmlu_driving_test": {
        "Level": one_of("Primary", "Univ", ""),
        "Country": one_of("Egypt", ""),
        "Subject": constant("Driving Test"),
        "Question": sentence,
        "Context": one_of("", "Read this."),
        **numbered("Option {}", 1, 4, words(1, 3)),
        "Option 5": constant(""),
        "Answer Key": letter(4),
    },
    "arc_ar": {
        "id": words(1),
        "instruction": sentence,
        **dict.fromkeys(("option_a", "option_b", "option_c", "option_d"), words(1, 4)),
        "option_e": constant(""),
        "answer": letter(4),
    },
    "arc_challenge_mt_da": _arc,
    "arc_easy": _arc,
    "assin2_rte": {"entailment_judgment": integer(0, 1)},
    "bbq": _bbq,
    "bear": {"text_options": several(sentence, 5), "correct": integer(0, 4)},
    "belebele_acm_Arab": {"correct_answer_num": one_of("1", "2", "3", "4")},
    "bertaqa_en": {"candidates": several(words(1, 3), 3), "answer": integer(0, 2)},
    "bhs__hindi__S_O_V": {},
    "bigbench_causal_judgment_multiple_choice": {
        "targets": constant(["Yes"]),
        "multiple_choice_targets": constant(["Yes", "No"]),
        "multiple_choice_scores": constant([1, 0]),
    },
    "blimp_causative": {},
    "blimp_nl__passive__aci": {},
    "boolq": _pair,
    "cabbq_age": _bbq,
    "careqa_en": {
        "question": sentence,
        **numbered("op{}", 1, 4, words(1, 4)),
        "cop": integer(1, 4),
    },
    "cb": _nli,
    "ceval-valid_law": {"answer": letter(4), **_abcd},
    "click_cul_law": {
        "id": constant("KIIP_law_1"),
        "paragraph": one_of("", "맥락."),
        "question": sentence,
        "choices": constant(["하나", "둘", "셋", "넷"]),
        "answer": one_of("하나", "둘", "셋", "넷"),
    },
    "cmmlu_arts": {"Answer": letter(4), **_abcd},
    "cola": _pair,
    "commonsense_qa": {"choices": labelled_choices(5), "answerKey": letter(5)},
    "copa": _copa,
    "copa_ar": _pair,
    "copal_id_standard": _copa,
    "crows_pairs_french": {"sent_more": sentence, "sent_less": sentence},
    "csatqa_gr": {
        "question": sentence,
        "context": paragraph,
        **numbered("option#{}", 1, 5, words(1, 3)),
        "gold": digits(1, 5),
    },
    "darijahellaswag": _hellaswag,
    "darijammlu_law": {
        "subject_darija": words(1),
        "context": one_of("", "Some context."),
        "question": sentence,
        **_mmlu,
    },
    "discrim_eval_explicit": {
        "race": one_of("white", "black", "asian"),
        "gender": one_of("male", "female"),
        "age": one_of(20.0, 40.0, 60.0),
        "decision_question_id": integer(1, 9),
        "yes": None,
    },
    "egyhellaswag": _hellaswag,
    "egymmlu_law": {
        "egy_subject": words(1),
        "context": one_of("", "Some context."),
        "question": sentence,
        **_mmlu,
    },
    "esbbq_age": _bbq,
    "ethics_cm": _pair,
    "eus_exams_es_ejtecnico": _candidates,
    "eus_proficiency": _candidates,
    "eus_reading": {"context": paragraph, "question": sentence, **_candidates},
    "eus_trivia": {"question": sentence, **_candidates},
    "escola": {"Sentence": sentence, "Label": integer(0, 1)},
    "evalita-mp_te_prompt-1": {"correct": one_of("Sì", "No"), "entailment": one_of("Sì", "No")},
    "french_bench_xnli": _nli,
    "galcola": _pair,
    "glianorex": {
        "question": sentence,
        "options": record(**dict.fromkeys("ABCD", words(1, 4))),
        "answer_idx": letter(4),
        "language": one_of("en", "fr"),
    },
    "global_mmlu_ar_stem": {"subject_category": constant("STEM"), "answer": letter(4)},
    "global_piqa_parallel_cloze_acm_arab": {"label": integer(0, 3)},
    "gpqa_main_n_shot": {
        "Question": sentence,
        "Correct Answer": words(3, 5),
        **numbered("Incorrect Answer {}", 1, 3, words(3, 5)),
    },
    "greekmmlu_law": {"subject": constant("Law"), "question": sentence, **_mmlu},
    "groundcocoa": {
        "query": sentence,
        **dict.fromkeys((f"Option {name}" for name in "ABCDE"), words(3, 6)),
        "Answer": letter(5),
    },
    "haerae_history": {"answer": one_of("(A)", "(B)", "(C)", "(D)", "(E)")},
    "headqa_en": {
        "ra": integer(1, 4),
        "answers": several(record(aid=integer(1, 4), atext=words(1, 4)), 4),
    },
    "hellaswag": _hellaswag,
    "histoires_morales": _morals,
    "icelandic_winogrande": _winograd,
    "include_base_44_urdu_stem": {"domain": constant("STEM"), "answer": integer(0, 3)},
    "indicparam_bodo": {
        "subject": constant("Bodo"),
        "question_text": sentence,
        **dict.fromkeys(("option_a", "option_b", "option_c", "option_d"), words(1, 4)),
        "correct_answer": letter(4),
    },
    "indicxnli_gu": _nli,
    "inverse_scaling_neqa": {"classes": constant([" A", " B"]), "answer_index": integer(0, 1)},
    "ja_leaderboard_jnli": {"label": integer(0, 2)},
    "kmmlu_law": {"answer": integer(1, 4), **_abcd},
    "kobest_wic": {"context_1": sentence, "context_2": sentence, "word": words(1), **_pair},
    "leaderboard_bbh_navigate": {"target": one_of("Yes", "No")},
    "lm_syneval__npi__npi_across_anim__past": {},
    "logiqa": {
        "context": sentence,
        "question": sentence,
        "options": _four,
        "label": one_of(*"abcd"),
    },
    "logiqa2": {"text": sentence, "question": sentence, "options": _four, "answer": integer(0, 3)},
    "longbench2_code": {"choices": _four, "answer": letter(4), "context": paragraph},
    "mastermind_24_easy": {"options": labelled_choices(4), "answerKey": letter(4)},
    "mathqa": {"options": constant(_math_options), "correct": one_of(*"abcde")},
    "mc_taco": _pair,
    "med_concepts_qa_atc_easy": {"answer_id": letter(4)},
    "med_text_classification_easy": {},
    "medmcqa": {
        "question": sentence,
        **dict.fromkeys(("opa", "opb", "opc", "opd"), words(1, 4)),
        "cop": integer(0, 3),
    },
    "medqa_4options": {
        "sent1": sentence,
        **numbered("ending{}", 0, 3, words(1, 4)),
        "label": integer(0, 3),
    },
    "mela_ar": _pair,
    "metabench_arc": {
        **_arc,
        "question": sentence,
        **numbered("arc_question_shot_{}", 1, 25, sentence),
        **numbered("arc_answerKey_shot_{}", 1, 25, letter(4)),
        **numbered("arc_choices_shot_{}", 1, 25, labelled_choices(4)),
        **numbered("arc_idx_shot_{}", 1, 25, integer(0, 99)),
        "alltwentyfiveshot_longprompt": words(3),
    },
    "mmlu_anatomy": _mmlu,
    "mmlu_early_training": _mmlu,
    "mmlu_redux_spanish": _mmlu,
    "mmlusr_answer_only_anatomy": {
        "question": sentence,
        **numbered("choice{}", 1, 4, words(1, 4)),
        "answer": letter(4),
    },
    "mmmlu_ar_xy_anatomy": {"Subject": constant("anatomy"), "Answer": letter(4), **_abcd},
    "moral_stories": _morals,
    "multiblimp_abk": {},
    "multirc": _pair,
    "mutual": {"article": sentence, "options": several(sentence, 4), "answers": letter(4)},
    "ncb": {},
    "nug": {},
    "openbookqa": _arc,
    "paws_de": {"sentence1": plain, "sentence2": plain, **_pair},
    "paws_eu": {"sentence1": plain, "sentence2": plain, **_pair},
    "persona_openness": {
        "answer_matching_behavior": constant(" Yes"),
        "answer_not_matching_behavior": constant(" No"),
    },
    "physics_gre_multiple_choice": {
        "has_image": constant(False),
        "input": sentence,
        "target_scores": one_of({"A": 0, "B": 1, "C": 0}, {"A": 1, "B": 0, "C": 0}),
    },
    "piqa": _pair,
    "piqa_bn": _pair,
    "prost": {},
    "pubmedqa": {
        "CONTEXTS": several(sentence, 2),
        "QUESTION": sentence,
        "final_decision": one_of("yes", "no", "maybe"),
    },
    "qa4mre_2011": {
        "correct_answer_id": digits(1, 5),
        "answer_options": record(
            answer_id=constant(list("12345")), answer_str=several(words(1, 4), 5)
        ),
    },
    "qasper_bool": {
        "title": sentence,
        "abstract": paragraph,
        "qas": record(
            question=several(sentence, 2),
            answers=several(
                record(
                    answer=several(
                        record(
                            unanswerable=constant(False),
                            yes_no=one_of(True, False),
                            free_form_answer=constant(""),
                            extractive_spans=several(words(1), 0, 0),
                        ),
                        1,
                    )
                ),
                2,
            ),
        ),
    },
    "qqp": _pair,
    "race": {"article": paragraph, "problems": as_literal(several(_problem, 2))},
    "record": {
        "passage": lambda seed: f"{plain(seed)}\n@highlight\n{plain(seed)}",
        "query": lambda seed: f"{words(3)(seed)} @placeholder {words(2)(seed)}",
        "entities": constant([_statement, "Paul", "Québec"]),
        "answers": one_of([_statement], ["Paul", "Québec"]),
    },
    "sciq": {},
    "sib_aeb_prompt_1": {"category": one_of("travel", "sports", "geography")},
    "simple_cooccurrence_bias": {"all": None},
    "social_iqa": {"label": one_of("1", "2", "3")},
    "storycloze_2016": _story,
    "swag": {"label": integer(0, 3)},
    "teca": _nli,
    "tinyArc": _arc,
    "tmlu_AST_civics": {"question": sentence, "answer": letter(4), **_abcd},
    "tmmluplus_music": {"question": sentence, "answer": letter(4), **_abcd},
    "toksuite_math_farsi": {"choices": several(digits(1, 99), 4), "answer": integer(0, 3)},
    "toxigen": {"text": sentence, "toxicity_ai": integer(1, 5), "toxicity_human": integer(1, 5)},
    "truthfulqa_mc1": {
        "mc1_targets": record(choices=several(sentence, 4), labels=constant([1, 0, 0, 0]))
    },
    "truthfulqa_mc2": {
        "mc2_targets": record(choices=several(sentence, 5), labels=constant([1, 1, 0, 0, 0]))
    },
    "turblimp_binding": {},
    "turkishmmlu_biology": {"choices": several(words(1, 4), 5), "answer": letter(5)},
    "webqs": {"answers": several(words(1, 3), 1, 3)},
    "wic": {
        "sentence1": plain,
        "sentence2": plain,
        "start1": constant(0),
        "end1": constant(4),
        **_pair,
    },
    "wiceu": {"word": words(1), "sentence1": plain, "sentence2": plain, **_pair},
    "winogender_all": {
        "pronoun": one_of("he", "she", "they"),
        "occupation": words(1),
        "participant": words(1),
        "label": integer(0, 1),
    },
    "winogrande": _winograd,
    "wmdp_bio": _mmlu,
    "wsc": {
        "text": constant("Marie told Anne that she had won."),
        "span1_index": constant(0),
        "span1_text": constant("Marie"),
        "span2_index": constant(4),
        "span2_text": constant("she"),
        **_pair,
    },
    "wsc273": {
        "text": constant("The river feeds the sea because it is long."),
        "pronoun": constant("it"),
        "pronoun_loc": constant(31),
        "options": constant(["The river", "The sea"]),
        "label": integer(0, 1),
    },
    "xcopa_et": _copa,
    "xnli_ar": _nli,
    "xnli_eu": _nli,
    "xstorycloze_ar": _story,
    "xwinograd_en": _winograd,
    "zhoblimp_BA_meiba": {},
}
