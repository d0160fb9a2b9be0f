"""What an attack or a fault may never bring about, and the tests that hold each of these promises."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PROMISES: dict[str, tuple[str, ...]] = {
    "The chat page hands out no file of the server, whatever names a file": (
        "tests/app/ui/test_page.py::test_no_event_takes_a_file_of_the_server",
        "tests/app/ui/test_page.py::test_no_event_takes_a_file_of_the_server_past_the_queue",
        "tests/app/ui/test_page.py::test_asking_with_a_file_of_the_server_is_refused",
        "tests/app/ui/test_page.py::test_no_file_of_the_server_is_served",
        "tests/app/ui/test_page.py::test_no_component_takes_files",
        "tests/app/api/test_guard.py::test_an_id_that_is_no_document_is_not_found_wherever_it_points",
        "tests/app/api/test_library.py::test_only_documents_of_the_library_are_handed_out",
    ),
    "An ingestion that is killed, or meets a full or failing disk, leaves the old library or the new one": (
        "tests/ingest/test_faults.py::test_a_killed_ingestion_leaves_the_old_library_or_the_new_one",
        "tests/ingest/test_faults.py::test_a_full_disk_leaves_the_old_library",
        "tests/ingest/test_faults.py::test_a_draft_that_fails_its_check_is_not_published",
        "tests/ingest/test_generation.py::test_a_generation_whose_pointer_was_never_swapped_is_not_taken_for_the_previous_one",
        "tests/ingest/test_upkeep.py::test_a_damaged_library_is_found_and_the_one_before_takes_its_place",
    ),
    "One process writes at a time, and none reads a folder that is written": (
        "tests/ingest/test_generation.py::test_a_second_writer_is_told_who_writes",
        "tests/ingest/test_generation.py::test_the_lock_of_a_killed_writer_is_free",
        "tests/app/test_shelf.py::test_a_new_generation_is_noticed_while_the_old_one_stays_readable",
        "tests/app/test_several_processes.py::test_what_another_process_ingests_is_found_by_both_in_time",
        "tests/app/api/test_jobs.py::test_there_is_one_change_at_a_time",
        "tests/app/api/test_jobs.py::test_every_process_knows_every_job_and_key",
        "tests/app/api/test_jobs.py::test_a_job_whose_process_was_killed_has_failed",
    ),
    "What a stored collection or a model's folder says of itself is never run": (
        "tests/ingest/test_vectors.py::test_code_named_in_a_folder_is_refused_and_not_run",
        "tests/ingest/test_vectors.py::test_an_ingestion_refuses_code_named_in_its_folder_and_a_rebuild_is_free_of_it",
        "tests/ingest/test_chroma_server.py::test_code_named_on_a_server_is_refused_and_not_run",
        "tests/ingest/test_embedding.py::test_one_changed_byte_of_the_weights_is_refused",
        "tests/ingest/test_embedding.py::test_code_and_pickles_in_the_folder_are_refused",
    ),
    "Another server that stalls or dies is named within seconds, and used again when it is back": (
        "tests/ingest/test_chroma_server.py::test_a_stalled_server_is_given_up_in_time_and_found_again",
        "tests/ingest/test_chroma_server.py::test_an_ingestion_gives_a_stalled_server_up_and_changes_nothing",
        "tests/app/test_several_processes.py::test_a_stalled_server_is_named_in_time_and_found_again",
        "tests/app/answering/test_llm.py::test_a_slow_model_is_given_up_and_its_connection_closed",
        "tests/app/answering/test_llm.py::test_a_server_that_accepts_and_never_reads_is_given_up",
        "tests/test_end_to_end.py::test_a_language_model_that_fails_is_replaced_and_named",
    ),
    "A Chroma server is reached with a token only": (
        "tests/ingest/test_chroma_server.py::test_a_proxy_gets_the_token_and_lets_nobody_through_without",
        "tests/ingest/test_chroma_server.py::test_an_address_that_cannot_work_is_a_setting_to_mend",
    ),
    "No text of a document, a question or a model makes a browser fetch, send or run anything": (
        "tests/browser/test_hostile_text.py::test_hostile_text_in_question_title_quote_and_answer_stays_text",
        "tests/browser/test_hostile_text.py::test_each_hostile_text_alone_is_shown_as_it_was_written",
        "tests/browser/test_hostile_text.py::test_a_hostile_document_opens_in_the_panel_as_text",
        "tests/browser/test_hostile_text.py::test_a_hostile_document_on_its_own_page_stays_text",
        "tests/browser/test_hostile_text.py::test_the_page_loads_nothing_from_another_host",
        "tests/app/api/test_guard.py::test_every_response_has_the_safe_headers",
        "tests/app/api/test_guard.py::test_the_chat_page_may_talk_to_this_host_alone",
    ),
    "A file is read where it can do no harm: without network, secrets, time or memory to waste": (
        "tests/ingest/test_cage.py::test_a_bad_file_gets_its_named_code_and_harms_no_other",
        "tests/ingest/test_cage.py::test_a_file_that_takes_too_long_is_too_complex",
        "tests/ingest/test_cage.py::test_a_file_that_needs_too_much_memory_is_too_complex",
        "tests/ingest/test_cage.py::test_a_caged_process_may_not",
        "tests/ingest/test_cage.py::test_a_caged_process_holds_no_secrets",
        "tests/ingest/test_cage.py::test_nothing_is_written_beside_a_file_that_names_other_places",
    ),
    "Nobody comes in by a door that is not written down, nor to what is somebody else's": (
        "tests/app/api/test_access.py::test_the_routes_that_can_be_reached_are_the_written_ones",
        "tests/app/api/test_access.py::test_each_gets_what_the_matrix_gives_and_nothing_else",
        "tests/app/api/test_access.py::test_no_route_answers_a_page_of_another_site",
        "tests/app/api/test_guard.py::test_a_foreign_host_is_refused_everywhere",
        "tests/app/api/test_guard.py::test_no_other_site_may_read_a_response",
        "tests/app/api/test_ownership.py::test_bob_finds_nothing_at_a_stream_of_alices",
        "tests/app/api/test_conversations.py::test_a_question_within_somebody_elses_conversation_is_not_asked",
        "tests/app/retrieval/test_stemming.py::test_threads_do_not_disturb_each_other",
        "tests/app/conversations/test_keeping.py::test_what_belongs_to_somebody_else_is_not_there",
        "tests/app/api/test_login.py::test_the_sixth_attempt_is_refused_even_with_the_right_password",
    ),
    "What one request can cost is bounded, and ends when whoever sent it has left": (
        "tests/app/api/test_ask.py::test_a_bad_body_is_refused_with_a_code",
        "tests/app/api/test_guard.py::test_no_body_may_have_more_than_256_kb",
        "tests/app/api/test_guard.py::test_a_body_that_does_not_arrive_in_time_is_given_up",
        "tests/app/api/test_schema.py::test_no_request_that_the_description_suggests_brings_a_defect",
        "tests/app/api/test_ask.py::test_more_questions_than_can_wait_are_refused_at_once",
        "tests/app/api/test_queue.py::test_more_than_may_wait_are_refused_at_once_and_probes_answer",
        "tests/app/api/test_limits.py::test_who_came_first_has_the_next_place",
        "tests/app/api/test_rates.py::test_one_who_asks_has_two_answers_worked_on_at_a_time",
        "tests/app/api/test_leaving.py::test_who_leaves_frees_the_place_and_the_model",
        "tests/app/api/test_leaving.py::test_who_leaves_the_queue_does_not_wait_in_it_any_more",
        "tests/browser/test_chat_page.py::test_closing_the_tab_ends_the_answer",
    ),
    "A planted document gets no secret out, and invents neither source nor value": (
        "tests/app/answering/test_llm.py::test_a_model_that_obeys_a_planted_document_gets_nothing_of_it_into_the_answer",
        "tests/app/answering/test_llm.py::test_a_planted_sentence_that_is_quoted_is_cited_as_its_document_and_inert",
        "tests/app/answering/test_llm.py::test_the_request_is_one_streamed_turn_without_tools_or_secrets",
        "tests/app/answering/test_citations.py::test_whatever_is_claimed_every_citation_is_verbatim_and_labels_run_from_one",
        "tests/test_end_to_end.py::test_braces_and_instructions_in_a_document_are_plain_text",
        "tests/ingest/test_upkeep.py::test_a_planted_document_is_taken_back_in_one_step",
    ),
    "Nothing is sent to anybody who is not in the settings, and nothing stays that was deleted": (
        "tests/test_egress.py::test_asking_contacts_nobody",
        "tests/test_egress.py::test_serving_contacts_nobody_and_logs_no_word_of_the_question",
        "tests/browser/test_hostile_text.py::test_nothing_of_a_question_is_kept_in_the_browser",
        "tests/app/ui/test_page.py::test_what_would_keep_or_publish_questions_is_off",
        "tests/app/conversations/test_faults.py::test_after_purging_no_byte_of_what_is_old_is_left",
        "tests/app/conversations/test_faults.py::test_after_erasing_somebody_no_byte_of_theirs_is_left_while_others_keep_theirs",
        "tests/app/api/test_conversations.py::test_everybody_takes_away_and_deletes_what_is_kept_for_them_alone",
        "tests/app/api/test_guard.py::test_nothing_that_a_client_sends_can_write_into_the_log",
        "tests/app/test_tracing.py::test_neither_a_question_nor_an_errors_message_leaves_in_a_trace",
    ),
}
"""Promise → the tests that would fail if it were broken."""


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_held_by_tests_that_exist(promise: str):
    assert [test for test in PROMISES[promise] if not _exists(*test.split("::"))] == []


def _exists(path: str, name: str) -> bool:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
