//===- ObjectCache.cpp - Object files that an earlier start has made ------===//

#include "link/ObjectCache.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace nextframe;

/// A map in an order that doesn't depend on when what was put in.
template <typename T>
static std::vector<const StringMapEntry<T> *> sorted(const StringMap<T> &Map) {
  std::vector<const StringMapEntry<T> *> Result;
  for (const auto &E : Map)
    Result.push_back(&E);
  llvm::sort(Result, [](auto *A, auto *B) { return A->first() < B->first(); });
  return Result;
}

static void add(CacheKey &Key, ArrayRef<VTablePart> Parts) {
  Key << uint64_t(Parts.size());
  for (const VTablePart &P : Parts)
    Key << uint64_t(P.Before) << uint64_t(P.After);
}

std::string ObjectCache::keyOf(const LinkRequest &Request) const {
  CacheKey Key;
  Key << "request" << Host << number(Request.Gen);
  for (const auto *Home : sorted(Request.Homes))
    Key << Home->first() << Home->second;
  Key << "tables";
  for (const auto *Table : sorted(Request.VTables)) {
    Key << Table->first();
    add(Key, Table->second.Parts);
    add(Key, Table->second.Room);
  }
  return Key.str();
}

static void add(CacheKey &Key, ArrayRef<DataDefinition> Definitions) {
  for (const DataDefinition &D : Definitions)
    Key << D.Variable << D.Symbol << uint64_t(D.IsSetFlag);
}

/// Which of the names in \p Facts are entries of the same request: they are called as near
/// ones. (Not all entries there are: a new function elsewhere is nothing to this object.)
static void addEntries(CacheKey &Key, const UnitFacts &Facts, const StringSet<> &Entries) {
  std::string IsEntry;
  for (const std::string &Symbol : Facts.Symbols)
    IsEntry += Entries.contains(Symbol) ? '1' : '0';
  for (const FunctionFacts &F : Facts.Functions)
    IsEntry += Entries.contains(F.Name) ? '1' : '0';
  Key << IsEntry;
}

std::string ObjectCache::keyOf(const LinkSlice &Slice, Part What, const StringSet<> &Entries,
                               StringRef Shared) const {
  CacheKey Key;
  Key << "object" << Shared << uint64_t(What) << Slice.Unit->OptLevel << Slice.Unit->File;
  XXH128_hash_t Bitcode = xxh3_128bits(arrayRefFromStringRef(Slice.Unit->bitcode().getBuffer()));
  Key << Bitcode.low64 << Bitcode.high64;
  switch (What) {
  case Part::Code:
    for (const std::string &F : Slice.Functions)
      Key << F;
    addEntries(Key, Slice.Unit->Facts, Entries);
    break;
  case Part::Data:
    add(Key, Slice.Data);
    break;
  case Part::InitialContents:
    add(Key, Slice.InitialContents);
    break;
  }
  return Key.str();
}

std::string ObjectCache::keyOfEntries(const LinkRequest &Request) const {
  CacheKey Key;
  Key << "entries" << Host << number(Request.Gen);
  for (const NewEntry &E : Request.NewEntries)
    Key << E.Symbol;
  return Key.str();
}
