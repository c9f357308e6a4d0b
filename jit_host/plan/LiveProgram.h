//===- LiveProgram.h - What the running program is made of ----------------===//

#ifndef NEXTFRAME_PLAN_LIVEPROGRAM_H
#define NEXTFRAME_PLAN_LIVEPROGRAM_H

#include "ir/Facts.h"
#include "support/Ids.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <string>

namespace nextframe {

/// A function that has an entry.
struct LiveFunction {
  uint64_t Hash = 0;
  Generation Body{};        ///< Whose body its entry leads to.
  bool Removed = false;     ///< No source has it any more; old code may still call it.
  bool CallsInLoop = false; ///< The live body: see FunctionFacts.
  uint64_t Signature = 0;
  /// The symbol of its entry: its name, unless it is called in another way than
  /// when it was first linked.
  std::string Entry;
  /// Its entries by signature. Code that still runs calls the one that it knows,
  /// which leads to the last body of that signature.
  std::map<uint64_t, std::string> Entries;
  /// Every body that it has had and that is still in memory, by hash.
  std::map<uint64_t, Generation> Bodies;
};

/// A variable that has a home.
struct LiveVariable {
  DataKind Kind = DataKind::Variable;
  uint64_t Size = 0;
  uint64_t Align = 1;
  uint64_t TypeHash = 0;
  uint64_t ContentHash = 0;
  std::string TypeName;
  bool ThreadLocal = false;
  std::string Symbol;   ///< Of its home.
  bool Removed = false; ///< No source has it any more; its home stays.
  /// A removed constant that may hold the address of one that moved since.
  bool NamesOldHomes = false;
};

struct LiveInitialiser {
  uint64_t Hash = 0;
  std::string Variable; ///< Empty for a constructor function.
};

/// Another name for a function, with an entry of its own, or for a variable.
struct LiveAlias {
  std::string Target;
  bool IsFunction = true;
};

/// A value: a reload that doesn't come to be leaves the old one untouched.
struct LiveProgram {
  Generation Gen{};
  bool Started = false; ///< False: nothing is linked yet.
  llvm::StringMap<LiveFunction> Functions;
  llvm::StringMap<LiveVariable> Variables;
  llvm::StringMap<LiveAlias> Aliases;
  /// The initialisers that the program has run, by their function.
  llvm::StringMap<LiveInitialiser> Initialisers;
  llvm::StringSet<> Finalisers;
  /// The layouts of the program's types, by name.
  llvm::StringMap<RecordFacts> Records;
};

} // namespace nextframe

#endif // NEXTFRAME_PLAN_LIVEPROGRAM_H
