//===- Linker.h - Slices of units into code in memory ---------------------===//
//
// Links beside the running program: link() makes new code and data, and leaves
// everything that runs as it is. What it returns is a list of stores; making
// them is the commit.
//
// Code and data are linked as separate objects: data and entries stay for good,
// code goes when nothing needs it any more (see OldCode.h).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_LINKER_H
#define NEXTFRAME_LINK_LINKER_H

#include "ir/CompiledUnit.h"
#include "ir/Slice.h"
#include "link/Entries.h"
#include "link/OldCode.h"
#include "link/Prebuilt.h"
#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

class CodeMap;
class Libraries;
class TraceFile;

/// What to take from one unit.
struct LinkSlice {
  std::shared_ptr<const CompiledUnit> Unit;
  std::vector<std::string> Functions;
  std::vector<DataDefinition> Data;
  /// What variables are to be given by the commit, which is done with it then.
  std::vector<DataDefinition> InitialContents;
};

struct Redirect {
  std::string Entry; ///< Its symbol.
  std::string Function;
  std::string Target; ///< The symbol that it is to lead to: see NewEntry.
};

struct LinkRequest {
  Generation Gen{};
  std::vector<LinkSlice> Slices;
  /// Entries of functions of the slices, and of other names for functions, that have
  /// none yet.
  std::vector<NewEntry> NewEntries;
  /// Entries that there are, and what each is to lead to.
  std::vector<Redirect> Redirects;
  /// Other names for variables: (name, target).
  std::vector<std::pair<std::string, std::string>> Aliases;
  HomeSymbols Homes;
  /// The virtual tables that the program defines.
  VTableHomes VTables;
  /// Symbols whose addresses the commit needs.
  std::vector<std::string> Wanted;
};

/// A store of the commit.
struct EntryUpdate {
  void **Slot = nullptr;
  void *Body = nullptr;
  std::string Function;
};

struct LinkedCode {
  std::vector<EntryUpdate> Updates;
  llvm::StringMap<void *> Addresses; ///< Of LinkRequest::Wanted.
  /// Of objects that were linked on the way: to be run once, by the commit.
  PrebuiltFunctions Prebuilt;
  uint64_t CodegenNs = 0;
  uint64_t LinkNs = 0;
};

/// A unit whose text is newer than what debuggers were told of its functions.
struct LineRefresh {
  std::shared_ptr<const CompiledUnit> Unit;
  /// Whether the live body of a function of the unit is the one of that generation,
  /// and is what the unit would make of it now.
  llvm::function_ref<bool(const FunctionFacts &, Generation)> IsUnchanged;
  HomeSymbols Homes;
  VTableHomes VTables;
  llvm::function_ref<bool()> Stop; ///< There is something better to do.
};

class Linker {
public:
  /// \p Libs and \p Trace outlive the linker. \p Files are linked with the program. With
  /// \p ForPerf, perf is told what is linked (see PerfMap.h), and nothing is dropped.
  static llvm::Expected<std::unique_ptr<Linker>>
  create(const Libraries &Libs, Prebuilt Files, const TraceFile &Trace, bool ForPerf = false);
  ~Linker();

  /// Returns whether something outside of the program has \p Symbol: a library,
  /// an object or archive that is linked with it, or what takes the place of an executable's start
  /// files. One thread at a time.
  bool isExternal(llvm::StringRef Symbol) const;

  /// All code of the program that is in memory: see CodeMap for who may read it
  /// when.
  const CodeMap &codeMap() const;

  /// Generates and links what \p Request asks for. On an error nothing of it
  /// stays; else keep() or discard() must follow before the next link(). One thread at a time; the
  /// program may run beside it. \p Threads generate code (the first link of a program uses more
  /// than one).
  llvm::Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads = 1);

  /// Keeps what the last link() made: its commit has been or is about to be run.
  void keep();

  /// Drops code that has been replaced and that nothing leads to any more, when there
  /// is enough of it; looking for that takes more than one call. Nothing may have been
  /// linked that is neither kept nor discarded. Returns the bodies that are gone.
  std::vector<BodyRange> dropOldCode(const DropConditions &Now);

  /// Tells debuggers where functions stand whose lines have moved in text that is
  /// otherwise the same. Replaces nothing. Returns false where it was stopped. As
  /// dropOldCode().
  bool refreshLines(const LineRefresh &Request);

  /// Whether dropOldCode() has begun to look, and is to be called again soon.
  bool isDropping() const;

  /// How many objects of code are in memory, entries left out.
  size_t codeObjects() const;

  /// Throws away what the last link() made. Nothing of it may have become live.
  void discard();

private:
  class Impl;
  explicit Linker(std::unique_ptr<Impl> I);
  std::unique_ptr<Impl> I;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINKER_H
