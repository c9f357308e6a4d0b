//===- MergeUnits.cpp - A unit with some of its bodies compiled anew ------===//

#include "ir/MergeUnits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

#include <set>
#include <tuple>

using namespace llvm;
using namespace nextframe;

namespace {

/// Finds what of a part differs from its base.
class Merger {
public:
  Merger(const CompiledUnit &Base, const UnitFacts &Part, StringSet<> &Newer)
      : Base(Base.Facts), Old(Base.Index), Part(Part), Newer(Newer), Index(Part),
        NewFunctions(Index.Functions), NewVariables(Index.Variables) {}

  /// Empty, or why it can't be done.
  std::string run(ArrayRef<std::string> Edited);
  UnitFacts take() { return std::move(Delta); }

private:
  void reach(ArrayRef<std::string> Edited);
  void function(const FunctionFacts &F);
  std::string variable(const VariableFacts &V);
  std::string records();
  std::string initialisers() const;
  void hidden();

  const UnitFacts &Base;
  const FactIndex &Old;
  const UnitFacts &Part;
  UnitFacts Delta;
  StringSet<> &Newer;
  const FactIndex Index; ///< Of the part.
  const StringMap<uint32_t> &NewFunctions, &NewVariables;
  /// What the edited functions lead to in the part.
  StringSet<> Reached;
};

/// Puts what differs into the facts of a whole unit.
class Inserter {
public:
  Inserter(const CompiledUnit &Base, const UnitFacts &Part)
      : Old(Base.Index), Part(Part), Merged(Base.Facts) {}

  UnitFacts run();

private:
  std::vector<SymbolIndex> references(ArrayRef<SymbolIndex> Refs);
  TypeIndex type(TypeIndex Index);

  const FactIndex &Old;
  const UnitFacts &Part;
  UnitFacts Merged;
  /// Of the part, in what has been merged.
  StringMap<SymbolIndex> Symbols;
  StringMap<TypeIndex> Types;
};

} // namespace

void Merger::reach(ArrayRef<std::string> Edited) {
  std::vector<StringRef> Open(Edited.begin(), Edited.end());
  auto Follow = [&](ArrayRef<SymbolIndex> Refs) {
    for (SymbolIndex I : Refs)
      Open.push_back(Part.Symbols[I]);
  };
  while (!Open.empty()) {
    StringRef Name = Open.back();
    Open.pop_back();
    auto F = NewFunctions.find(Name);
    auto V = NewVariables.find(Name);
    if ((F == NewFunctions.end() && V == NewVariables.end()) || !Reached.insert(Name).second)
      continue;
    if (F != NewFunctions.end())
      Follow(Part.Functions[F->second].References);
    if (V != NewVariables.end())
      Follow(Part.Variables[V->second].References);
  }
}

void Merger::function(const FunctionFacts &F) {
  auto Known = Old.Functions.find(F.Name);
  if (Known != Old.Functions.end() && Base.Functions[Known->second].Hash == F.Hash &&
      Base.Functions[Known->second].Signature == F.Signature)
    return;
  Newer.insert(F.Name);
  Delta.Functions.push_back(F);
}

std::string Merger::variable(const VariableFacts &V) {
  auto Known = Old.Variables.find(V.Name);
  if (Known != Old.Variables.end()) {
    const VariableFacts &O = Base.Variables[Known->second];
    bool Same = O.Kind == V.Kind && O.ThreadLocal == V.ThreadLocal && O.Size == V.Size &&
                O.Align == V.Align && O.ContentHash == V.ContentHash && O.TypeHash == V.TypeHash &&
                O.TypeName == V.TypeName && O.InitialiserText == V.InitialiserText;
    return Same ? "" : V.Name + " differs";
  }
  Newer.insert(V.Name);
  Delta.Variables.push_back(V);
  return "";
}

std::string Merger::records() {
  for (const RecordFacts &R : Part.Records) {
    auto Known = Old.Records.find(R.key());
    if (Known == Old.Records.end())
      Delta.Records.push_back(R);
    else if (Base.Records[Known->second].layoutHash() != R.layoutHash())
      return "the type " + R.Name + " differs";
  }
  return "";
}

/// Code that is to run once is for the whole compile.
std::string Merger::initialisers() const {
  for (const InitialiserFacts &I : Part.Initialisers)
    if (Newer.contains(I.Variable) || Newer.contains(I.Function))
      return I.Function + " is new";
  return "";
}

void Merger::hidden() {
  if (Part.Hidden.empty())
    return;
  using Place = std::tuple<StringRef, Hiding, StringRef, unsigned>;
  std::set<Place> Known;
  for (const HiddenObjects &H : Base.Hidden)
    Known.insert({Base.Types[H.Type], H.How, H.File, H.Line});
  for (const HiddenObjects &H : Part.Hidden)
    if (Known.insert({Part.Types[H.Type], H.How, H.File, H.Line}).second)
      Delta.Hidden.push_back(H);
}

std::string Merger::run(ArrayRef<std::string> Edited) {
  for (const std::string &Name : Edited)
    if (!NewFunctions.contains(Name))
      return Name + " was not compiled";
  reach(Edited);
  for (const FunctionFacts &F : Part.Functions)
    if (Reached.contains(F.Name))
      function(F);
  for (const VariableFacts &V : Part.Variables)
    if (Reached.contains(V.Name))
      if (std::string Why = variable(V); !Why.empty())
        return Why;
  if (std::string Why = records(); !Why.empty())
    return Why;
  hidden();
  // The indices of its parts stay what they are.
  Delta.Symbols = Part.Symbols;
  Delta.Types = Part.Types;
  return initialisers();
}

std::vector<SymbolIndex> Inserter::references(ArrayRef<SymbolIndex> Refs) {
  std::vector<SymbolIndex> Result;
  Result.reserve(Refs.size());
  for (SymbolIndex I : Refs) {
    auto [It, IsNew] = Symbols.try_emplace(Part.Symbols[I], Merged.Symbols.size());
    if (IsNew)
      Merged.Symbols.push_back(Part.Symbols[I]);
    Result.push_back(It->second);
  }
  return Result;
}

TypeIndex Inserter::type(TypeIndex Index) {
  auto [It, IsNew] = Types.try_emplace(Part.Types[Index], Merged.Types.size());
  if (IsNew)
    Merged.Types.push_back(Part.Types[Index]);
  return It->second;
}

UnitFacts Inserter::run() {
  for (const FunctionFacts &F : Part.Functions) {
    FunctionFacts New = F;
    New.References = references(F.References);
    for (TypeIndex &T : New.Types)
      T = type(T);
    if (auto Known = Old.Functions.find(F.Name); Known != Old.Functions.end())
      Merged.Functions[Known->second] = std::move(New);
    else
      Merged.Functions.push_back(std::move(New));
  }
  for (const VariableFacts &V : Part.Variables) {
    VariableFacts New = V;
    New.References = references(V.References);
    for (ContainedRecord &C : New.Contents)
      C.Type = type(C.Type);
    Merged.Variables.push_back(std::move(New));
  }
  append_range(Merged.Records, Part.Records);
  for (const HiddenObjects &H : Part.Hidden)
    Merged.Hidden.push_back({type(H.Type), H.How, H.File, H.Line});
  return std::move(Merged);
}

UnitFacts nextframe::mergeFacts(const CompiledUnit &Base, const UnitFacts &Part) {
  return Inserter(Base, Part).run();
}

std::shared_ptr<const CompiledUnit> nextframe::mergeUnits(std::shared_ptr<const CompiledUnit> Base,
                                                          CompiledUnit Part,
                                                          ArrayRef<std::string> Edited,
                                                          std::string &Why) {
  assert(!Base->Base && "a part goes with a whole unit");
  auto Result = std::make_shared<CompiledUnit>();
  Merger Merge(*Base, Part.Facts, Result->Newer);
  Why = Merge.run(Edited);
  if (!Why.empty())
    return nullptr;
  Result->Id = Base->Id;
  Result->File = Base->File;
  Result->OptLevel = Base->OptLevel;
  Result->Facts = Merge.take();
  Result->Bitcode = std::move(Part.Bitcode);
  Result->Siblings = Base->Siblings;
  for (auto &[Family, Members] : Part.Siblings)
    Result->Siblings[Family] = std::move(Members);
  Result->Base = std::move(Base);
  return Result;
}
