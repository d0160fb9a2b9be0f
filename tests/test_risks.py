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

ATTACKS: dict[str, tuple[str, ...]] = {
    # The chat page
    "An event of the page names a file of the server": (
        "tests/app/ui/test_page.py::test_no_event_takes_a_file_of_the_server",
        "tests/app/ui/test_page.py::test_no_event_takes_a_file_of_the_server_past_the_queue",
        "tests/app/ui/test_page.py::test_no_component_takes_files",
        "tests/test_deployment.py::test_every_process_runs_as_somebody_who_owns_nothing_but_the_data",
    ),
    "An address of the page names a file of the server, or a proxy": (
        "tests/app/ui/test_page.py::test_no_file_of_the_server_is_served",
        "tests/app/api/test_access.py::test_an_address_that_is_not_written_down_is_not_found",
    ),
    "An event of the page makes the server fetch from its own network": (
        "tests/app/ui/test_page.py::test_no_event_makes_the_server_fetch",
    ),
    "Another site asks in the name of somebody who is logged in": (
        "tests/app/api/test_guard.py::test_a_request_from_another_site_is_refused_everywhere",
        "tests/app/api/test_guard.py::test_no_other_site_may_read_a_response",
        "tests/app/api/test_access.py::test_no_route_answers_a_page_of_another_site",
        "tests/app/api/test_login.py::test_the_session_cookie_is_for_this_site_and_no_script",
        "tests/app/api/test_login.py::test_another_site_can_neither_log_in_nor_out",
    ),
    "A route beside the page is open because only the page has a login": (
        "tests/app/api/test_access.py::test_the_routes_that_can_be_reached_are_the_written_ones",
        "tests/app/api/test_access.py::test_each_gets_what_the_matrix_gives_and_nothing_else",
        "tests/app/api/test_access.py::test_a_route_that_somebody_adds_is_closed_until_it_is_written_down",
        "tests/app/api/test_access.py::test_a_closed_route_answers_as_if_it_were_not_there",
    ),
    "Somebody calls a function that the page hides": (
        "tests/app/ui/test_page.py::test_no_event_changes_the_library",
        "tests/app/ui/test_page.py::test_the_conversation_is_never_taken_from_the_client",
        "tests/app/ui/test_explore.py::test_documents_are_listed_for_everybody_and_changed_by_administrators_only",
    ),
    "Somebody opens another's stream, conversation or note": (
        "tests/app/api/test_ownership.py::test_bob_finds_nothing_at_a_stream_of_alices",
        "tests/app/api/test_conversations.py::test_somebody_elses_conversation_is_not_there",
        "tests/app/api/test_conversations.py::test_a_question_within_somebody_elses_conversation_is_not_asked",
        "tests/app/conversations/test_keeping.py::test_what_belongs_to_somebody_else_is_not_there",
    ),
    "Passwords are guessed": (
        "tests/app/api/test_login.py::test_the_sixth_attempt_is_refused_even_with_the_right_password",
        "tests/app/identity/test_users.py::test_many_at_once_get_no_more_than_five_attempts",
        "tests/app/api/test_rates.py::test_passwords_are_counted_like_questions",
    ),
    "One person, or a crowd, takes every place": (
        "tests/app/api/test_ask.py::test_as_many_as_the_setting_says_are_answered_side_by_side",
        "tests/app/api/test_queue.py::test_more_than_may_wait_are_refused_at_once_and_probes_answer",
        "tests/app/api/test_rates.py::test_one_who_asks_has_two_answers_worked_on_at_a_time",
        "tests/app/api/test_rates.py::test_workers_count_together_and_say_what_is_left",
        "tests/app/api/test_rates.py::test_processes_that_count_at_the_same_moment_allow_no_more_than_the_rate",
        "tests/app/api/test_leaving.py::test_who_leaves_frees_the_place_and_the_model",
        "tests/app/api/test_probes.py::test_health_is_told_while_every_place_is_taken",
    ),
    "A question is too long for whoever reads it": (
        "tests/app/ui/test_page.py::test_a_question_that_is_too_long_is_told_before_it_is_asked",
        "tests/app/api/test_ask.py::test_a_bad_body_is_refused_with_a_code",
    ),
    "An error tells what the program or its keys look like": (
        "tests/app/ui/test_page.py::test_a_defect_shows_and_logs_neither_its_message_nor_the_question",
        "tests/app/api/test_ask.py::test_a_defect_is_told_by_the_number_of_the_request_alone",
        "tests/app/mcp/test_server.py::test_a_defect_is_told_without_what_was_in_it",
        "tests/app/api/test_jobs.py::test_a_job_that_fails_says_why_and_keeps_secrets",
    ),
    "A file is too large, has no name, or a name that is another's": (
        "tests/app/api/test_jobs.py::test_a_file_that_is_announced_too_large_is_refused_before_it_is_sent",
        "tests/app/api/test_jobs.py::test_a_file_that_turns_out_too_large_is_refused_and_forgotten",
        "tests/app/api/test_jobs.py::test_a_name_that_is_no_plain_name_is_refused",
    ),
    "The page keeps or publishes what was asked": (
        "tests/app/ui/test_page.py::test_what_would_keep_or_publish_questions_is_off",
        "tests/browser/test_hostile_text.py::test_nothing_of_a_question_is_kept_in_the_browser",
        "tests/test_egress.py::test_serving_contacts_nobody_and_logs_no_word_of_the_question",
    ),
    # The index
    "An index that was made elsewhere names code to run": (
        "tests/app/test_untrusted.py::test_an_index_that_names_code_is_refused_everywhere_and_its_code_never_runs",
        "tests/ingest/test_vectors.py::test_code_named_in_a_folder_is_refused_and_not_run",
        "tests/ingest/test_chroma_server.py::test_code_named_on_a_server_is_refused_and_not_run",
        "tests/ingest/test_chroma_server.py::test_a_library_whose_collection_names_code_is_refused_until_it_is_made_anew",
    ),
    "Somebody comes to the Chroma server past the application": (
        "tests/ingest/test_chroma_server.py::test_a_proxy_gets_the_token_and_lets_nobody_through_without",
        "tests/ingest/test_chroma_server.py::test_an_address_that_cannot_work_is_a_setting_to_mend",
        "tests/test_deployment.py::test_a_chroma_server_listens_to_its_own_machine_only",
        "tests/test_deployment.py::test_the_gate_asks_for_the_token_and_lets_a_batch_through",
    ),
    "A server stalls, dies, refuses or talks nonsense": (
        "tests/app/test_deadlines.py::test_a_stopped_llm_or_chroma_server_is_named_in_time_and_used_again_when_it_goes_on",
        "tests/app/test_several_processes.py::test_a_server_that_is_gone_is_named_and_used_again_once_it_is_back",
        "tests/ingest/test_chroma_server.py::test_what_is_not_chromas_answer_is_named_and_forgotten",
        "tests/ingest/test_chroma_server.py::test_a_collection_of_other_vectors_is_damage",
        "tests/app/answering/test_llm.py::test_a_model_that_fails_is_told_in_a_few_words",
    ),
    "A file in the working folder configures Chroma": (
        "tests/ingest/test_pipeline.py::test_a_file_env_in_the_working_directory_does_not_configure_chroma",
    ),
    "The index takes what it cannot find again, or finds something else": (
        "tests/ingest/test_vectors.py::test_chunks_that_chroma_refuses_or_takes_without_use_are_a_named_error",
        "tests/ingest/test_vectors.py::test_any_text_and_any_number_of_chunks_is_taken",
        "tests/ingest/test_vectors.py::test_a_chunk_written_again_is_replaced",
        "tests/ingest/test_vectors.py::test_the_number_of_results_is_bounded",
        "tests/ingest/test_vectors.py::test_the_ten_nearest_are_those_that_counting_finds",
        "tests/ingest/test_vectors.py::test_damage_is_noticed",
    ),
    "A second SQLite in the process takes Chroma's locks away": (
        "tests/test_architecture.py::test_the_module_that_owns_chroma_opens_no_database_itself",
    ),
    # Ingestion
    "The corpus is gone for a moment, and the library with it": (
        "tests/ingest/test_pipeline.py::test_an_emptied_corpus_folder_is_refused",
        "tests/ingest/test_pipeline.py::test_a_corpus_that_was_moved_and_cannot_be_read_is_refused",
        "tests/app/api/test_jobs.py::test_a_corpus_that_is_nearly_gone_is_not_followed_unless_it_is_said",
    ),
    "Several write at once, are killed, or fill the disk": (
        "tests/ingest/test_generation.py::test_a_second_writer_is_told_who_writes",
        "tests/ingest/test_faults.py::test_a_killed_ingestion_leaves_the_old_library_or_the_new_one",
        "tests/ingest/test_faults.py::test_a_full_disk_leaves_the_old_library",
        "tests/test_torture.py::test_whatever_happens_to_an_ingestion_readers_see_the_old_state_or_the_new_one",
        "tests/app/test_workers.py::test_documents_sent_in_together_are_found_by_every_worker_soon_and_after_a_restart",
    ),
    "A request is sent twice, or twice at once": (
        "tests/app/api/test_jobs.py::test_a_key_brings_the_same_response_and_nothing_is_done_twice",
        "tests/app/api/test_jobs.py::test_orders_with_one_key_from_many_at_once_begin_one_job",
        "tests/app/api/test_conversations.py::test_a_question_sent_again_with_its_key_is_one_turn",
        "tests/app/api/test_conversations.py::test_of_two_questions_with_one_key_at_once_one_is_asked",
    ),
    "A document's text is taken for a template, or for a stored object": (
        "tests/test_end_to_end.py::test_braces_and_instructions_in_a_document_are_plain_text",
        "tests/app/answering/test_llm.py::test_braces_in_a_question_are_text",
        "tests/app/api/test_conversations.py::test_what_looks_like_a_stored_object_is_kept_and_told_as_text",
        "tests/test_architecture.py::test_nothing_stored_is_ever_run",
    ),
    "A document is to be fetched from an address": (
        "tests/app/api/test_jobs.py::test_no_document_is_fetched_from_an_address",
        "tests/test_architecture.py::test_no_module_fetches_what_a_text_names",
    ),
    "The model's files are changed, bring code, or are another model's": (
        "tests/ingest/test_embedding.py::test_one_changed_byte_of_the_weights_is_refused",
        "tests/ingest/test_embedding.py::test_code_and_pickles_in_the_folder_are_refused",
        "tests/app/test_shelf.py::test_a_library_of_another_model_says_what_to_run",
    ),
    "A file is a bomb, lies about its kind, or names other files": (
        "tests/ingest/test_cage.py::test_a_bad_file_gets_its_named_code_and_harms_no_other",
        "tests/ingest/test_cage.py::test_nothing_is_written_beside_a_file_that_names_other_places",
        "tests/ingest/test_bad_files.py::test_a_bad_file_is_refused_in_one_sentence",
        "tests/ingest/test_bad_files.py::test_bad_files_stop_no_others",
        "tests/ingest/test_chunking.py::test_a_line_of_three_hundred_kilobytes_is_cut_within_three_seconds",
    ),
    # The API
    "A body is huge, slow, broken, no text, or not what is expected": (
        "tests/app/api/test_ask.py::test_a_bad_body_is_refused_with_a_code",
        "tests/app/api/test_guard.py::test_no_body_may_have_more_than_256_kb",
        "tests/app/api/test_guard.py::test_many_half_sent_requests_are_given_up_while_others_are_answered",
        "tests/app/api/test_schema.py::test_no_request_that_the_description_suggests_brings_a_defect",
    ),
    "Something sent writes a line into the log": (
        "tests/app/api/test_guard.py::test_nothing_that_a_client_sends_can_write_into_the_log",
        "tests/app/api/test_guard.py::test_a_method_with_a_line_break_in_it_is_escaped",
    ),
    # Texts
    "Markup in a document, its title, a question or an answer acts in the browser": (
        "tests/browser/test_hostile_text.py::test_each_hostile_text_alone_is_shown_as_it_was_written",
        "tests/browser/test_hostile_text.py::test_a_hostile_document_opens_in_the_panel_as_text",
        "tests/browser/test_hostile_text.py::test_a_hostile_document_on_its_own_page_stays_text",
        "tests/app/ui/test_explore.py::test_documents_stay_text",
        "tests/app/api/test_chat_messages.py::test_markdown_in_documents_stays_text",
        "tests/app/ui/test_messages.py::test_a_number_in_brackets_that_a_quote_has_is_text",
    ),
    "A document or a question gives orders": (
        "tests/app/test_hostile_texts.py::test_a_document_that_commands_is_quoted_for_its_facts_alone",
        "tests/app/test_hostile_texts.py::test_a_question_that_commands_is_a_question",
        "tests/app/test_hostile_texts.py::test_no_command_changes_what_is_kept",
        "tests/app/answering/test_llm.py::test_the_request_is_one_streamed_turn_without_tools_or_secrets",
        "tests/app/answering/test_llm.py::test_a_claim_that_repeats_the_instructions_is_dropped",
    ),
    "Text is hidden in a document from those who look at it": (
        "tests/ingest/test_bad_files.py::test_a_hostile_file_that_can_be_read_keeps_what_it_hides",
        "tests/ingest/test_loaders.py::test_text_that_word_does_not_show_is_dropped",
    ),
    "A false document passes for somebody else's": (
        "tests/app/test_poison.py::test_no_text_or_property_of_a_file_makes_it_somebody_elses",
        "tests/app/test_poison.py::test_a_false_value_is_cited_by_its_own_document_and_the_true_one_by_its_own",
        "tests/ingest/test_upkeep.py::test_a_planted_document_is_taken_back_in_one_step",
    ),
    "A model invents a quote, a value or a source": (
        "tests/app/answering/test_llm.py::test_a_claim_that_fails_a_check_is_dropped_and_counted",
        "tests/app/answering/test_citations.py::test_a_claim_whose_quote_is_not_the_documents_own_words_is_dropped",
        "tests/test_end_to_end.py::test_a_question_about_something_else_is_refused_with_the_closest_documents",
    ),
    "Vectors are handed out, from which texts can be guessed": (
        "tests/app/api/test_library.py::test_no_vector_is_handed_out",
    ),
    # What is kept
    "What was to be deleted can still be read": (
        "tests/app/conversations/test_faults.py::test_after_purging_no_byte_of_what_is_old_is_left",
        "tests/app/conversations/test_faults.py::test_after_erasing_somebody_no_byte_of_theirs_is_left_while_others_keep_theirs",
        "tests/ingest/test_pipeline.py::test_a_removed_file_is_gone_with_its_copy_after_the_next_generation",
        "tests/app/api/test_serve.py::test_what_was_kept_for_its_time_is_deleted_at_the_start_and_every_day",
        "tests/app/test_retention.py::test_of_a_removed_document_no_byte_is_left_a_day_later",
    ),
    "A turn that was answered is lost or halved": (
        "tests/app/conversations/test_faults.py::test_no_turn_is_lost_or_halved_when_writers_are_killed",
    ),
    "Nobody is told what is kept, for how long, and who else reads it": (
        "tests/browser/test_history.py::test_the_notice_says_what_is_kept",
        "tests/app/ui/test_page.py::test_the_page_names_the_language_model_and_what_it_receives",
    ),
    "A log holds keys, passwords or names": (
        "tests/app/api/test_metrics.py::test_no_line_of_the_log_holds_a_secret",
        "tests/app/api/test_metrics.py::test_a_question_is_logged_only_where_that_is_allowed",
    ),
}
"""Attack or fault → the tests that show what becomes of it."""


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_held_by_tests_that_exist(promise: str):
    assert [test for test in PROMISES[promise] if not _exists(*test.split("::"))] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_becomes_of_an_attack_is_shown_by_tests_that_exist(attack: str):
    assert [test for test in ATTACKS[attack] if not _exists(*test.split("::"))] == []


def _exists(path: str, name: str) -> bool:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
