"""Random edits of random programs, live, against fresh ahead-of-time builds: tools/edit-fuzz."""
