//===- MergeUnits.cpp - A unit with some of its bodies compiled anew ------===//

#include "ir/MergeUnits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

#include <map>
#include <set>
#include <tuple>

using namespace llvm;
using namespace nextframe;

namespace {

class Merger {
public:
  Merger(const CompiledUnit &Base, const UnitFacts &Part, StringSet<> &Newer)
      : Base(Base.Facts), Part(Part), Merged(Base.Facts), Newer(Newer) {
    index(OldFunctions, Base.Facts.Functions);
    index(OldVariables, Base.Facts.Variables);
    index(NewFunctions, Part.Functions);
    index(NewVariables, Part.Variables);
  }

  /// Empty, or why it can't be done.
  std::string run(ArrayRef<std::string> Edited);
  UnitFacts take() { return std::move(Merged); }

private:
  template <typename FactsT>
  static void index(StringMap<size_t> &Into, const std::vector<FactsT> &All) {
    for (size_t I = 0; I != All.size(); ++I)
      Into[All[I].Name] = I;
  }

  void reach(ArrayRef<std::string> Edited);
  std::string lost(ArrayRef<std::string> Edited) const;
  void function(const FunctionFacts &F);
  std::string variable(const VariableFacts &V);
  std::string records();
  std::string initialisers() const;
  void hidden();

  std::vector<SymbolIndex> references(ArrayRef<SymbolIndex> Refs);
  TypeIndex type(TypeIndex Index);

  const UnitFacts &Base, &Part;
  UnitFacts Merged;
  StringSet<> &Newer;
  StringMap<size_t> OldFunctions, OldVariables, NewFunctions, NewVariables;
  /// What the edited functions lead to in the part.
  StringSet<> Reached;
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

/// What belongs to an edited function alone (its lambdas, say) and is gone from it
/// would go on being part of the program. Whoever mangles names wraps the function's
/// own into those of what is local to it.
std::string Merger::lost(ArrayRef<std::string> Edited) const {
  for (StringRef Symbol : Edited) {
    StringRef Encoding = Symbol.substr(0, Symbol.find(".in."));
    if (!Encoding.consume_front("_Z"))
      continue;
    std::string Local = ("Z" + Twine(Encoding) + "E").str();
    for (const FunctionFacts &F : Base.Functions)
      if (StringRef(F.Name).contains(Local) && !NewFunctions.contains(F.Name))
        return F.Name + " is gone";
  }
  return "";
}

std::vector<SymbolIndex> Merger::references(ArrayRef<SymbolIndex> Refs) {
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

TypeIndex Merger::type(TypeIndex Index) {
  auto [It, IsNew] = Types.try_emplace(Part.Types[Index], Merged.Types.size());
  if (IsNew)
    Merged.Types.push_back(Part.Types[Index]);
  return It->second;
}

void Merger::function(const FunctionFacts &F) {
  auto Old = OldFunctions.find(F.Name);
  if (Old != OldFunctions.end() && Base.Functions[Old->second].Hash == F.Hash &&
      Base.Functions[Old->second].Signature == F.Signature)
    return;
  FunctionFacts New = F;
  New.References = references(F.References);
  for (TypeIndex &T : New.Types)
    T = type(T);
  Newer.insert(F.Name);
  if (Old != OldFunctions.end())
    Merged.Functions[Old->second] = std::move(New);
  else
    Merged.Functions.push_back(std::move(New));
}

std::string Merger::variable(const VariableFacts &V) {
  auto Old = OldVariables.find(V.Name);
  if (Old != OldVariables.end()) {
    const VariableFacts &O = Base.Variables[Old->second];
    bool Same = O.Kind == V.Kind && O.ThreadLocal == V.ThreadLocal && O.Size == V.Size &&
                O.Align == V.Align && O.ContentHash == V.ContentHash && O.TypeHash == V.TypeHash &&
                O.TypeName == V.TypeName && O.InitialiserText == V.InitialiserText;
    return Same ? "" : V.Name + " differs";
  }
  VariableFacts New = V;
  New.References = references(V.References);
  for (ContainedRecord &C : New.Contents)
    C.Type = type(C.Type);
  Newer.insert(V.Name);
  Merged.Variables.push_back(std::move(New));
  return "";
}

std::string Merger::records() {
  std::map<std::string, const RecordFacts *> Known;
  for (const RecordFacts &R : Base.Records)
    Known[R.key()] = &R;
  for (const RecordFacts &R : Part.Records) {
    auto [It, IsNew] = Known.try_emplace(R.key(), &R);
    if (IsNew)
      Merged.Records.push_back(R);
    else if (It->second->layoutHash() != R.layoutHash())
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
  using Place = std::tuple<StringRef, Hiding, StringRef, unsigned>;
  std::set<Place> Known;
  for (const HiddenObjects &H : Base.Hidden)
    Known.insert({Base.Types[H.Type], H.How, H.File, H.Line});
  for (const HiddenObjects &H : Part.Hidden)
    if (Known.insert({Part.Types[H.Type], H.How, H.File, H.Line}).second)
      Merged.Hidden.push_back({type(H.Type), H.How, H.File, H.Line});
}

std::string Merger::run(ArrayRef<std::string> Edited) {
  for (const std::string &Name : Edited)
    if (!NewFunctions.contains(Name))
      return Name + " was not compiled";
  reach(Edited);
  if (std::string Why = lost(Edited); !Why.empty())
    return Why;
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
  return initialisers();
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
