//===- DatabaseEntries.h - Which files a compile database lists -----------===//

#ifndef NEXTFRAME_PROJECT_DATABASEENTRIES_H
#define NEXTFRAME_PROJECT_DATABASEENTRIES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace nextframe {

/// One entry of compile_commands.json, as far as it says what belongs together.
struct DatabaseEntry {
  std::string File;   ///< Absolute, without dots.
  std::string Output; ///< The object that the build makes, absolute; may be empty.
};

/// Returns the entries of the compile_commands.json in \p BuildDir that compile
/// source files (those that make precompiled headers are left out). Errors where
/// there is none or it can't be read. Any thread.
llvm::Expected<std::vector<DatabaseEntry>> readDatabaseEntries(llvm::StringRef BuildDir);

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_DATABASEENTRIES_H
