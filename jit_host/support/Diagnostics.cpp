//===- Diagnostics.cpp - All that a user can be told, in one registry -----===//

#include "support/Diagnostics.h"

static const char *const Texts[] = {
#define DIAG(NAME, TEXT) TEXT,
#include "support/Diagnostics.def"
#undef DIAG
};

const char *nextframe::textOf(diag::ID ID) { return Texts[ID]; }
