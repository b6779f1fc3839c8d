"""What is in files and texts."""

from __future__ import annotations

from .guard import PAGES, Guard

AT_FORMS = "attacks/test_forms.py"
LISTS = "products/test_sent_lists.py"

GUARDS = [
    Guard("path traversal by a hash", "core/kept_files.py",
          "if not _SHA256.fullmatch(sha256):", "if False:",
          f"{AT_FORMS}::test_no_name_that_was_sent_is_a_path"),
    Guard("path traversal by a token", "core/uploads.py", "if not _TOKEN.fullmatch(token):",
          "if False:", f"{AT_FORMS}::test_no_name_that_was_sent_is_a_path"),
    Guard("a link to a file of others among documents", "exchange/document_receiving.py",
          "if path.is_symlink() or not path.is_file():", "if not path.is_file():",
          "exchange/test_document_carriers.py"
          "::test_order_goes_into_the_folder_and_its_answer_comes_back"),
    Guard("ZIP slip", "products/zipped.py", "if _LEADS_OUT.search(part.orig_filename):",
          "if False:",
          "products/test_sent_lists.py::test_zip_that_means_harm_is_refused_with_the_remedy"),
    Guard("ZIP bomb", "products/zipped.py",
          "if part.file_size > MOST_FACTOR * max(part.compress_size, 1_000):", "if False:",
          "products/test_sent_lists.py::test_zip_that_means_harm_is_refused_with_the_remedy"),
    Guard("a ZIP file of files without number", "products/zipped.py",
          "if len(found) > MOST_FILES:", "if False:",
          f"{LISTS}::test_zip_of_too_many_files_is_refused_by_its_list_of_names"),
    Guard("a ZIP file whose list of names is a bomb", "products/zipped.py",
          "> MOST_DIRECTORY_BYTES:", "< 0:",
          f"{LISTS}::test_zip_of_too_many_files_is_refused_by_its_list_of_names"),
    Guard("a file in a ZIP file that is larger than it says", "products/zipped.py",
          "    if len(content) > most_bytes:", "    if False:",
          f"{LISTS}::test_file_that_is_larger_than_it_says_is_read_no_further"),
    Guard("a workbook that unpacks to gigabytes", "core/sheets.py",
          "unpacked > MOST_UNPACKED_BYTES or spread", "spread",
          "core/test_sheets.py"
          "::test_workbook_that_says_it_unpacks_to_gigabytes_is_refused_unread"),
    Guard("a workbook that spans a world of cells", "core/sheets.py", "> MOST_CELLS\n", "< 0\n",
          "core/test_sheets.py"
          "::test_small_file_with_a_cell_in_the_last_corner_does_not_end_the_process"),
    Guard("an OpenDocument file that repeats a cell without end", "core/spans.py",
          "total += open_sheets.spread(file)", "pass",
          "core/test_sheets.py"
          "::test_small_open_document_that_spans_a_world_of_cells_is_refused"),
    Guard("a document type in a Peppol document (XXE)", "exchange/ubl.py",
          """    _refuse_document_type(content)
    try:
        root = parse(content)
    except etree.XMLSyntaxError as error:
        _refuse(error.lineno or 1, "XML", _not_xml(error.msg or ""))
    if root.getroottree().docinfo.doctype:
""",
          """    root = parse(content)
    if False:
""",
          "exchange/test_catalogue_pages.py::test_entities_are_refused_on_the_page"),
    Guard("a document type in an answer of SAML (entity bomb)", "accounts/saml_signatures.py",
          "if root.getroottree().docinfo.doctype:", "if False:",
          "accounts/test_saml_trust.py::test_answer_that_is_not_to_be_trusted_lets_nobody_in"),
    Guard("a document type in metadata of SAML", "accounts/saml_metadata.py",
          "if root.getroottree().docinfo.doctype:", "if False:",
          "accounts/test_saml_setup.py::test_metadata_that_names_no_usable_provider_is_refused"),
    Guard("an entity that leads to a file (XXE)", "core/plain_xml.py",
          "resolve_entities=False", "resolve_entities=True",
          "attacks/test_foundations.py::test_entity_leads_to_no_file_and_grows_to_nothing"),
    Guard("a reference to an entity among privileges of SAML", "core/plain_xml.py",
          "if typed and _REFERENCE.search(", "if False and _REFERENCE.search(",
          "accounts/test_saml.py::test_privileges_with_a_reference_to_an_entity_are_none"),
    Guard("a document type inside of a workbook", "core/sheets.py",
          "if any(_TYPED.search(piece) for piece in pieces(file)):", "if False:",
          "core/test_sheets.py::test_workbook_that_declares_entities_is_refused"),
    Guard("a document type inside of a ledger", "coverage/ledger_excel.py",
          "            sheets.refuse_document_types(parts)\n", "",
          "coverage/test_ledger_file.py"
          "::test_workbook_that_declares_entities_is_refused_as_damaged"),
    Guard("entities in a cXML message (entity bomb)", "exchange/cxml.py",
          "if declared is not None and any(declared.iterentities()):", "if False:",
          "exchange/test_punchout_rules.py::test_message_made_to_harm_is_refused"),
    Guard("a cell that a pattern reads for hours", "products/price_list.py",
          "    begins = _WITH.search(said)\n"
          "    return begins is not None and _VAT.search(said, begins.end()) is not None\n",
          "    return re.search(_WITH.pattern + r'.*' + _VAT.pattern, said) is not None\n",
          "products/test_price_list.py"
          "::test_cell_that_says_with_again_and_again_is_read_at_once"),
    Guard("a field of a form that a pattern reads for hours", "products/told.py",
          r"(?:stk\.?\s*)?:", r"(?:stk\.?)?\s*:",
          "products/test_told.py::test_blanks_without_end_are_refused_at_once"),
    Guard("a picture that unpacks to gigabytes", "media/refusing.py",
          "if short * long > limits.max_pixels:", "if False:",
          "media/test_decoding.py::test_unusable_file_is_refused_with_its_remedy"),
    Guard("a decoder without bounds of memory", "media/sandbox.py",
          "resource.setrlimit(resource.RLIMIT_AS, (most, most))", "pass",
          "media/test_hostile.py"
          "::test_picture_that_wants_more_memory_than_allowed_is_refused"),
    Guard("a formula in a file for spreadsheets", "core/sheets.py",
          'return "\'" + text if text[:1] in RISKY else text', "return text", PAGES),
    Guard("a formula in a price list that comes back", "core/sheets.py",
          'return "\'" + text if text[:1] in RISKY or text[:1] in APOSTROPHES else text',
          "return text", "products/test_sheets.py::test_no_cell_is_a_formula"),
    Guard("mass assignment", "core/fields.py", "unknown=ma.EXCLUDE", "unknown=ma.INCLUDE",
          f"{AT_FORMS}::test_a_form_sets_nothing_that_it_does_not_show"),
    Guard("a CPR number in a text", "core/fields.py", "if has_cpr_number(text):", "if False:",
          "core/test_personal.py::test_field_of_own_words_says_what_to_do"),
    Guard("a CPR number in the number of a phone", "core/codes.py",
          "if has_written_cpr_number(text):", "if False:", "core/test_personal.py"
          "::test_copied_number_is_refused_when_it_is_written_as_that_of_a_person"),
    Guard("a CPR number in a code", "core/codes.py",
          "if has_checked_cpr_number(text):", "if False:", "core/test_personal.py"
          "::test_copied_number_is_refused_when_it_is_written_as_that_of_a_person"),
    Guard("a CPR number in a form that waits", "accounts/held_rules.py",
          "return not any(map(has_cpr_number,", "return True or not any(map(has_cpr_number,",
          "accounts/test_held_forms.py::test_form_without_secrets_and_of_some_size_is_held"),
]  # fmt: skip
