//===- PlanConversions.cpp - Variables of another type or linkage ---------===//
//
// A variable whose value can be one of its new type moves to a home of that type,
// and all code that names it is made again. Code that is running would go on with
// the old home, and so would whatever points there: both are looked for when the
// reload is committed.
//
// One whose linkage was edited (`static`, an unnamed namespace) has another symbol, but
// is the same variable for whoever reads the source: it keeps its home.
//
//===----------------------------------------------------------------------===//

#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace nextframe;

uint64_t nextframe::variableId(StringRef Name) { return xxh3_64bits(Name); }

/// Returns those of \p Refs that are the program's own variables, or may be.
std::vector<uint64_t> Planner::variablesAmong(ArrayRef<SymbolIndex> Refs, size_t Unit) const {
  std::vector<uint64_t> Result;
  for (SymbolIndex I : Refs) {
    StringRef Name = Units[Unit].Facts->Symbols[I];
    auto V = New.Variables.find(Name);
    if (V != New.Variables.end() && V->second.Facts->Kind == DataKind::Variable)
      Result.push_back(variableId(Name));
  }
  return Result;
}

//===----------------------------------------------------------------------===//
// Linkage
//===----------------------------------------------------------------------===//

/// Returns what \p Symbol is for whoever reads the source, whatever its linkage.
static std::string sourceName(StringRef Symbol) {
  constexpr StringLiteral Unnamed = "(anonymous namespace)::";
  std::string Name = displayName(Symbol);
  for (size_t At; (At = Name.find(Unnamed.data())) != std::string::npos;)
    Name.erase(At, Unnamed.size());
  return Name;
}

static bool mayBeRelinked(DataKind Kind, bool ThreadLocal) {
  return (Kind == DataKind::Variable || Kind == DataKind::Guard) && !ThreadLocal;
}

/// Finds the variables that went away while one of that name came, and nothing else of
/// that name did either.
void Planner::changedLinkages() {
  std::map<std::string, std::vector<std::string>> Gone;
  for (const auto &Entry : Live.Variables) {
    const LiveVariable &V = Entry.second;
    if (!V.Removed && mayBeRelinked(V.Kind, V.ThreadLocal) &&
        !New.Variables.contains(Entry.first()))
      Gone[sourceName(Entry.first())].push_back(Entry.first().str());
  }
  if (Gone.empty())
    return;
  std::map<std::string, std::vector<const VariableFacts *>> Come;
  for (auto &[Name, D] : New.Variables)
    if (!Live.Variables.contains(Name) && mayBeRelinked(D.Facts->Kind, D.Facts->ThreadLocal))
      Come[sourceName(Name)].push_back(D.Facts);
  for (auto &[Name, Facts] : Come)
    if (auto Old = Gone.find(Name);
        Old != Gone.end() && Old->second.size() == 1 && Facts.size() == 1)
      relink(Old->second.front(), *Facts.front());
}

void Planner::relink(StringRef Old, const VariableFacts &V) {
  const LiveVariable &Was = Live.Variables.find(Old)->second;
  bool IsAliased = any_of(Live.Aliases, [&](const auto &A) { return A.second.Target == Old; });
  // (A struct without a name makes its variable the file's own. If it is another struct
  // by now, that is to be refused, and not to be a new variable.)
  bool MayBeSame =
      isSameType(V, Was) || mayConvertType(V, Was) || V.Shape.IsUnnamed || Was.Shape.IsUnnamed;
  if (Was.Kind != V.Kind || IsAliased || !MayBeSame)
    return;
  LiveVariable Home = Was;
  Home.FormerIds.push_back(variableId(Old));
  Next.Variables.erase(Old);
  Next.Variables[V.Name] = std::move(Home);
  Next.TakenSymbols.insert(Was.Symbol);
  if (V.Kind == DataKind::Variable)
    Plan.Renamed.push_back({Old.str(), V.Name});
  if (Was.InitialiserText && Was.InitialiserText == V.InitialiserText)
    Relinked.insert(V.Name);
}

//===----------------------------------------------------------------------===//
// Type
//===----------------------------------------------------------------------===//

/// A constant value may be of another LLVM type than the room for a computed one. Where
/// the type has a name, an edit of its layout is known from its record.
static bool isOfNamedType(const VariableFacts &V) {
  StringRef Type = V.Shape.Type;
  return V.Shape.Kind == ElementKind::Object && !Type.contains("(lambda") &&
         !Type.contains("(unnamed") && !Type.contains("(anonymous ");
}

static bool holdsNoneOf(const LiveVariable &V, ArrayRef<LayoutChange> Changes) {
  return none_of(Changes, [&](const LayoutChange &C) {
    return any_of(V.Contents, [&](const auto &Held) { return Held.first == C.Type; });
  });
}

/// Another name for a type, or other qualifiers, change nothing that the bytes mean;
/// the same name can mean another type by now.
bool Planner::isSameType(const VariableFacts &V, const LiveVariable &Known) const {
  if (Known.TypeHash != V.TypeHash && !(isOfNamedType(V) && holdsNoneOf(Known, Plan.LayoutChanges)))
    return false;
  if (Known.Size != V.Size || Known.Align < V.Align || Known.ThreadLocal != V.ThreadLocal ||
      !(Known.Shape == V.Shape))
    return false;
  return V.Shape.Kind != ElementKind::Unknown || Known.TypeName == V.TypeName;
}

/// Another name for it would go on with the old home.
bool Planner::mayConvertType(const VariableFacts &V, const LiveVariable &Known) const {
  if (V.Kind != DataKind::Variable || Known.Kind != DataKind::Variable || V.ThreadLocal ||
      Known.ThreadLocal || !Known.Shape.mayBecome(V.Shape))
    return false;
  bool CanCopy = V.TriviallyCopyable && Known.TriviallyCopyable && Plan.LayoutChanges.empty();
  if (V.Shape.Kind == ElementKind::Object && (!CanCopy || V.Shape.Dimensions.empty()))
    return false;
  return none_of(Live.Aliases, [&](const auto &A) { return A.second.Target == V.Name; });
}

void Planner::convertVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known) {
  Conversion C;
  C.Variable = V.Name;
  C.OldHome = Known.Symbol;
  C.OldSize = Known.Size;
  C.From = Known.Shape;
  C.To = V.Shape;
  // (The same spelling, an alias, may mean another type by now.)
  bool IsSpelledAlike = Known.TypeName == V.TypeName;
  C.FromType = IsSpelledAlike ? Known.Meaning : Known.TypeName;
  C.ToType = IsSpelledAlike ? V.Meaning : V.TypeName;
  // The same text computes the same, whatever type its result becomes. (And that of a local
  // static is computed by its function, which has done so.)
  C.MayReset =
      guardOf(V).empty() && (V.InitialiserText == 0 || V.InitialiserText != Known.InitialiserText);
  Plan.Conversions.push_back(std::move(C));
  std::vector<uint64_t> FormerIds = std::move(Known.FormerIds);
  Known = describe(V, Unit);
  Known.FormerIds = std::move(FormerIds);
  Known.Symbol = bodyName(V.Name, Plan.Gen);
  work(Unit).Variables.push_back(V.Name);
  Moved.insert(V.Name);
}

Conversion *Planner::conversionOf(StringRef Variable) {
  auto It = find_if(Plan.Conversions, [&](auto &C) { return C.Variable == Variable; });
  return It == Plan.Conversions.end() ? nullptr : &*It;
}

/// The initialiser of a converted variable is new or another, or (where it is empty)
/// constant now.
void Planner::initialiserOfConverted(Conversion &C, StringRef Initialiser) {
  if (!C.MayReset || Initialiser.empty())
    return;
  C.Initialiser = Initialiser.str();
  C.Order = Order;
}

/// Returns the numbers of all names that \p Variable has had.
std::vector<uint64_t> Planner::idsOf(StringRef Variable) const {
  std::vector<uint64_t> Ids = Next.Variables.find(Variable)->second.FormerIds;
  Ids.push_back(variableId(Variable));
  return Ids;
}

/// A constant with the address of a variable that moves can't be told from here to
/// be out of use.
void Planner::heldByConstants() {
  for (const Conversion &C : Plan.Conversions) {
    std::vector<uint64_t> Ids = idsOf(C.Variable);
    std::vector<std::string> Holders;
    for (const auto &Entry : Live.Variables)
      if (any_of(Entry.second.Holds, [&](uint64_t Id) { return is_contained(Ids, Id); }))
        Holders.push_back(Entry.first().str());
    if (Holders.empty())
      continue;
    sort(Holders);
    Plan.Refusals.push_back(message(diag::refuse_variable_held, displayName(C.Variable), C.FromType,
                                    C.ToType, displayName(Holders.front())));
  }
}

/// Every body that names a variable's old home must not be running.
void Planner::conversionHazards() {
  if (Plan.Conversions.empty())
    return;
  std::map<uint64_t, const Conversion *> ById;
  for (const Conversion &C : Plan.Conversions)
    for (uint64_t Id : idsOf(C.Variable))
      ById[Id] = &C;
  for (const auto &Entry : Live.Functions) {
    const LiveFunction &Now = Next.Functions.find(Entry.first())->second;
    for (const auto &[Body, Uses] : Entry.second.Types) {
      if (Body == Now.Body && !Now.Removed)
        continue;
      auto Id = find_if(Uses.Variables, [&](uint64_t Id) { return ById.count(Id); });
      if (Id == Uses.Variables.end())
        continue;
      const Conversion &C = *ById[*Id];
      Plan.Hazards.push_back({Entry.first().str(), Body,
                              message(diag::refuse_running_variable, displayName(Entry.first()),
                                      displayName(C.Variable), C.FromType, C.ToType)});
    }
  }
}
