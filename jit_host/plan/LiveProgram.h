//===- LiveProgram.h - What the running program is made of ----------------===//

#ifndef NEXTFRAME_PLAN_LIVEPROGRAM_H
#define NEXTFRAME_PLAN_LIVEPROGRAM_H

#include "ir/Facts.h"
#include "support/Ids.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <compare>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// The types whose layout a body depends on, by RecordFacts::key().
struct BodyTypes {
  std::vector<std::string> Keys;
  bool Known = false; ///< Whether those are all.
  /// The program's variables that the body names, by variableId().
  std::vector<uint64_t> Variables;
};

/// A variable's name as a number, for long lists. (Two of one number cost a refusal.)
uint64_t variableId(llvm::StringRef Name);

/// A function that has an entry.
struct LiveFunction {
  uint64_t Hash = 0;
  UnitId Unit{};            ///< Whose definition counts, when it was planned last.
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
  /// The last few bodies that it has had, by hash: they are still in memory.
  std::map<uint64_t, Generation> Bodies;
  /// What each body that is in memory depends on: any of them may still be running.
  std::map<Generation, BodyTypes> Types;
};

/// A variable that has a home.
struct LiveVariable {
  DataKind Kind = DataKind::Variable;
  uint64_t Size = 0;
  uint64_t Align = 1;
  uint64_t TypeHash = 0;
  uint64_t ContentHash = 0;
  std::string TypeName;
  ValueShape Shape; ///< This and the next two: see VariableFacts.
  std::string Meaning;
  uint64_t InitialiserText = 0;
  /// The names that it had before, by variableId(): its linkage was edited.
  std::vector<uint64_t> FormerIds;
  /// Of a constant: the variables whose addresses it may hold, by variableId().
  std::vector<uint64_t> Holds;
  bool ThreadLocal = false;
  std::string Symbol;   ///< Of its home.
  bool Removed = false; ///< No source has it any more; its home stays.
  /// A removed constant that may hold the address of one that moved since.
  bool NamesOldHomes = false;
  bool TriviallyCopyable = false;
  /// How many objects of the program's types it holds, by RecordFacts::key().
  std::vector<std::pair<std::string, uint64_t>> Contents;
  /// Of a VTable: as VariableFacts's, and the room that its home has for the parts.
  std::string Class;
  std::vector<VTablePart> Parts, Room;
};

/// HiddenObjects of a type that is known from elsewhere.
struct HidingPlace {
  Hiding How;
  std::string File;
  unsigned Line = 0;
  auto operator<=>(const HidingPlace &) const = default;
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
  /// What lies side by side in the sections whose bounds a linker defines, by section. (The
  /// bounds are among Variables.)
  llvm::StringMap<std::vector<std::string>> Sections;
  /// The assembly at the top level that has been linked, by unit: it stays as it is.
  std::map<UnitId, std::string> Assembly;
  /// Symbols of homes whose variables have other names now.
  llvm::StringSet<> TakenSymbols;
  llvm::StringMap<LiveAlias> Aliases;
  /// The initialisers that the program has run, by their function.
  llvm::StringMap<LiveInitialiser> Initialisers;
  llvm::StringSet<> Finalisers;
  /// The layouts of the program's types, by name.
  llvm::StringMap<RecordFacts> Records;
  /// Where the program has ever made objects that nobody can count, by type.
  llvm::StringMap<std::set<HidingPlace>> Hidden;
};

} // namespace nextframe

#endif // NEXTFRAME_PLAN_LIVEPROGRAM_H
