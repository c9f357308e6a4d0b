#!/usr/bin/env python3
"""Runs a command on a copy of a folder that lies below no compile database.

    outside.py FOLDER COMMAND…      "{}" in the command is the copy
"""

import shutil
import subprocess
import sys
import tempfile

folder, *command = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="nextframe-test-") as place:
    copy = shutil.copytree(folder, place + "/copy")
    sys.exit(subprocess.call([word.replace("{}", copy) for word in command]))
