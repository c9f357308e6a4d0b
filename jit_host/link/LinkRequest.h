//===- LinkRequest.h - What a link takes, and what it returns -------------===//

#ifndef NEXTFRAME_LINK_LINKREQUEST_H
#define NEXTFRAME_LINK_LINKREQUEST_H

#include "ir/CompiledUnit.h"
#include "ir/Slice.h"
#include "link/Entries.h"
#include "link/LinkedSymbols.h"
#include "link/Prebuilt.h"
#include "support/Ids.h"

#include "llvm/ADT/StringMap.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// What to take from one unit.
struct LinkSlice {
  std::shared_ptr<const CompiledUnit> Unit;
  std::vector<std::string> Functions;
  std::vector<DataDefinition> Data;
  /// What variables are to be given by the commit, which is done with it then.
  std::vector<DataDefinition> InitialContents;
};

/// Variables to lay side by side, and the symbols of what is before and behind them.
struct LinkSection {
  std::string Name, Start, Stop;
  std::vector<std::pair<std::shared_ptr<const CompiledUnit>, DataDefinition>> Elements;
};

struct Redirect {
  std::string Entry; ///< Its symbol.
  std::string Function;
  std::string Target; ///< The symbol that it is to lead to: see NewEntry.
};

struct LinkRequest {
  Generation Gen{};
  std::vector<LinkSlice> Slices;
  std::vector<LinkSection> Sections;
  /// Units whose assembly at the top level is to be linked.
  std::vector<std::shared_ptr<const CompiledUnit>> Assembly;
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
  size_t Generated = 0; ///< How many objects were, those that the cache had left out.
  /// What has been linked of entries and variables, by symbol.
  SymbolMap Symbols;
  uint64_t CodegenNs = 0;
  uint64_t LinkNs = 0;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINKREQUEST_H
