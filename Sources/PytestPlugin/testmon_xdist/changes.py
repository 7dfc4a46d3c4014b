"""Which changed files make which tests run."""


def affected_tests(data, among):
    """By changed file, the tests that it affects; several files may affect the same one.

    :param data: testmon's, which has just made its selection
    :param among: the tests that count
    """
    from testmon.process_code import blob_to_checksums

    query = """
        SELECT DISTINCT test_name, method_checksums
        FROM test_execution te
        JOIN test_execution_file_fp ON test_execution_id = te.id
        JOIN file_fp ON file_fp.id = fingerprint_id
        WHERE te.{} = ? AND filename = ?
    """.format(data.db._test_execution_fk_column())
    found = {}
    for file in sorted(data.db.changed_files):
        module = data.source_tree.get_file(file)  # None where the file is gone
        now = set(module.method_checksums) if module else set()
        for test, checksums in data.db.con.execute(query, (data.exec_id, file)):
            if test in among and not now.issuperset(blob_to_checksums(checksums)):
                found.setdefault(file, set()).add(test)
    return found
