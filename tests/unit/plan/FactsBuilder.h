//===- FactsBuilder.h - a program written as facts, and its reloads -------===//
//
// What the tests of this room share. A test describes the sources as they are
// (`P.unit("a.cpp").function("f", 1)`), reloads, edits the description, and
// reloads again. A plan without problems and refusals becomes live, as in the
// pipeline; another leaves the program as it was.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_TESTS_UNIT_PLAN_FACTSBUILDER_H
#define NEXTFRAME_TESTS_UNIT_PLAN_FACTSBUILDER_H

#include "plan/Plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nextframe::test {

using Names = std::vector<std::string>;

/// How a variable differs from an `int` with the content 1.
struct VariableOptions {
  uint64_t Content = 1;
  std::string Type = "int";
  uint64_t TypeHash = 4;
  uint64_t Size = 4;
  uint64_t Align = 4;
  bool TriviallyCopyable = true;
  ValuePart NotPlain = {WhyNotPlain::Unknown, {}};
  uint64_t InitialiserText = 0;
  bool ThreadLocal = false;
  Binding Bind = Binding::Strong;
  Names Refs = {};
  ValueShape Shape = {}; ///< Of an Unknown kind: the type goes by its name.
};

/// One source file. Saying something again about a name replaces what was said.
class Unit {
public:
  /// \p Id also shifts the unit's symbol numbers, so that a number of one unit
  /// means something else in another.
  explicit Unit(UnitId Id) : Id(Id) {}

  Unit &function(const std::string &Name, uint64_t Hash, const Names &Refs = {},
                 unsigned Line = 0) {
    return addFunction(Name, Binding::Strong, Hash, Refs, Line);
  }
  /// An inline function or an instance of a template.
  Unit &inlineFunction(const std::string &Name, uint64_t Hash, const Names &Refs = {}) {
    return addFunction(Name, Binding::Weak, Hash, Refs, 0);
  }
  /// Says that \p Function, which is there, makes calls in a loop.
  Unit &loops(const std::string &Function) {
    for (FunctionFacts &F : Facts.Functions)
      F.CallsInLoop |= F.Name == Function;
    return *this;
  }
  Unit &variable(const std::string &Name, const VariableOptions &O = {}) {
    return data(DataKind::Variable, Name, O);
  }
  Unit &constant(const std::string &Name, uint64_t Content, const Names &Refs = {}) {
    return data(DataKind::Constant, Name, {.Content = Content, .Refs = Refs});
  }
  Unit &data(DataKind Kind, const std::string &Name, const VariableOptions &O) {
    remove(Name);
    Facts.Variables.push_back({.Name = Name,
                               .Bind = O.Bind,
                               .Kind = Kind,
                               .ThreadLocal = O.ThreadLocal,
                               .Size = O.Size,
                               .Align = O.Align,
                               .ContentHash = O.Content,
                               .TypeHash = O.TypeHash,
                               .TypeName = O.Type,
                               .Shape = O.Shape,
                               .Meaning = O.Type,
                               .InitialiserText = O.InitialiserText,
                               .TriviallyCopyable = O.TriviallyCopyable,
                               .NotPlain = O.NotPlain,
                               .References = symbols(O.Refs),
                               .Section = {},
                               .Contents = {},
                               .Class = {},
                               .Parts = {}});
    return *this;
  }
  /// A table of the virtual functions of \p Class, which has \p Bases: see VTablePart.
  Unit &vtable(const std::string &Name, uint64_t Content, const std::string &Class,
               std::vector<VTablePart> Parts, const Names &Bases = {}, const Names &Refs = {}) {
    data(DataKind::VTable, Name, {.Content = Content, .Refs = Refs});
    VariableFacts &V = Facts.Variables.back();
    V.Class = Class;
    V.Parts = std::move(Parts);
    for (const std::string &Key : Bases)
      V.Contents.push_back({type(Key), 1});
    if (!Class.empty())
      V.Contents.push_back({type(Class), 1});
    return *this;
  }
  /// A variable with a computed initialiser: the code `init.<Name>`.
  Unit &computed(const std::string &Name, uint64_t InitHash, VariableOptions O = {},
                 unsigned Priority = 65535) {
    O.Content = 0;
    variable(Name, O);
    return initialiser("init." + Name, Name, InitHash, Priority, O.Bind);
  }
  /// An __attribute__((constructor)) function.
  Unit &constructor(const std::string &Name, uint64_t Hash, unsigned Priority = 65535) {
    return initialiser(Name, "", Hash, Priority, Binding::Strong);
  }
  Unit &finaliser(const std::string &Name, uint64_t Hash) {
    function(Name, Hash);
    Facts.Finalisers.push_back({Name});
    return *this;
  }
  Unit &alias(const std::string &Name, const std::string &Target, bool IsFunction = true) {
    std::erase_if(Facts.Aliases, [&](auto &A) { return A.Name == Name; });
    Facts.Aliases.push_back({Name, Target, IsFunction, Binding::Strong});
    return *this;
  }
  /// Says that \p Function, which is there, depends on the layout of \p Types alone.
  Unit &uses(const std::string &Function, const Names &Types) {
    for (FunctionFacts &F : Facts.Functions)
      if (F.Name == Function) {
        F.TypesKnown = true;
        F.Types.clear();
        for (const std::string &T : Types)
          F.Types.push_back(type(T));
      }
    return *this;
  }
  /// Says that \p Variable, which is there, holds \p Count objects of \p Type.
  Unit &holds(const std::string &Variable, const std::string &Type, uint64_t Count) {
    for (VariableFacts &V : Facts.Variables)
      if (V.Name == Variable)
        V.Contents.push_back({type(Type), Count});
    return *this;
  }
  Unit &hides(const std::string &Type, Hiding How, const std::string &File, unsigned Line = 0) {
    Facts.Hidden.push_back({type(Type), How, File, Line});
    return *this;
  }
  Unit &record(const RecordFacts &R) {
    std::erase_if(Facts.Records,
                  [&](auto &Old) { return Old.Name == R.Name && Old.File == R.File; });
    Facts.Records.push_back(R);
    return *this;
  }
  /// Takes \p Name out of the source, its initialiser too.
  Unit &remove(const std::string &Name) {
    std::erase_if(Facts.Functions,
                  [&](auto &F) { return F.Name == Name || F.Name == "init." + Name; });
    std::erase_if(Facts.Variables, [&](auto &V) { return V.Name == Name; });
    std::erase_if(Facts.Initialisers,
                  [&](auto &I) { return I.Function == Name || I.Variable == Name; });
    return *this;
  }

  UnitId Id;
  UnitFacts Facts;

private:
  Unit &addFunction(const std::string &Name, Binding Bind, uint64_t Hash, const Names &Refs,
                    unsigned Line) {
    FunctionFacts F;
    F.Name = Name;
    F.Bind = Bind;
    F.Hash = Hash;
    F.References = symbols(Refs);
    F.Line = Line;
    for (FunctionFacts &Known : Facts.Functions)
      if (Known.Name == Name) {
        Known = F;
        return *this;
      }
    Facts.Functions.push_back(F);
    return *this;
  }
  Unit &initialiser(const std::string &Function, const std::string &Variable, uint64_t Hash,
                    unsigned Priority, Binding Bind) {
    addFunction(Function, Bind, Hash, {}, 0);
    for (InitialiserFacts &Known : Facts.Initialisers)
      if (Known.Function == Function)
        return *this;
    Facts.Initialisers.push_back({Function, Variable, Priority});
    return *this;
  }
  TypeIndex type(const std::string &Key) {
    auto It = std::find(Facts.Types.begin(), Facts.Types.end(), Key);
    if (It == Facts.Types.end())
      It = Facts.Types.insert(It, Key);
    return static_cast<TypeIndex>(It - Facts.Types.begin());
  }
  std::vector<SymbolIndex> symbols(const Names &Refs) {
    while (Facts.Symbols.size() < number(Id))
      Facts.Symbols.push_back("not used " + std::to_string(Facts.Symbols.size()));
    std::vector<SymbolIndex> Result;
    for (const std::string &R : Refs) {
      Result.push_back(Facts.Symbols.size());
      Facts.Symbols.push_back(R);
    }
    return Result;
  }
};

/// The sources, and what is live of them.
class Program {
public:
  /// The unit of \p File; made when first asked for. Link order is the order of
  /// the names, as in Project.
  Unit &unit(const std::string &File) {
    return Units.try_emplace(File, UnitId{NextId++}).first->second;
  }
  void removeUnit(const std::string &File) { Units.erase(File); }
  /// Symbols that a library has.
  void library(const std::string &Symbol) { Libraries.insert(Symbol); }

  /// Plans, and leaves everything as it is.
  PlanResult plan() const {
    std::vector<PlanUnit> Order;
    for (auto &[File, U] : Units)
      Order.push_back({U.Id, File, &U.Facts});
    return planReload(Live, Order,
                      [&](llvm::StringRef S) { return Libraries.count(S.str()) != 0; });
  }
  /// Plans, and makes it live where nothing is against it.
  ReloadPlan reload() {
    PlanResult R = plan();
    if (!R.Plan.Problems.empty() || !R.Plan.Refusals.empty() ||
        (SomethingIsAlive && R.Plan.needsStop()))
      return R.Plan;
    if (R.Plan.changesNothing() && Live.Started)
      R.Next.Gen = Live.Gen;
    Live = R.Next;
    return R.Plan;
  }

  std::string fileOf(UnitId Id) const {
    for (auto &[File, U] : Units)
      if (U.Id == Id)
        return File;
    return "no unit " + std::to_string(number(Id));
  }

  // What a plan says, as readable lines in its own order.
  Names bodies(const ReloadPlan &P) const { return lines(P, &UnitWork::Functions); }
  Names homes(const ReloadPlan &P) const { return lines(P, &UnitWork::Variables); }
  Names tables(const ReloadPlan &P) const { return lines(P, &UnitWork::VTables); }
  Names contents(const ReloadPlan &P) const { return lines(P, &UnitWork::InitialContents); }

  std::map<std::string, Unit> Units;
  std::set<std::string> Libraries;
  LiveProgram Live;
  /// What the commit would find: an object of each type whose layout changes.
  bool SomethingIsAlive = false;

private:
  Names lines(const ReloadPlan &P, std::vector<std::string> UnitWork::*Part) const {
    Names Result;
    for (const UnitWork &W : P.Work)
      for (const std::string &Name : W.*Part)
        Result.push_back(fileOf(W.Unit) + ": " + Name);
    return Result;
  }
  uint32_t NextId = 0;
};

inline Names rebinds(const ReloadPlan &P) {
  Names Result;
  for (const Rebind &R : P.Rebinds)
    Result.push_back(R.Function + " to v" + std::to_string(number(R.Body)));
  return Result;
}
inline Names runs(const ReloadPlan &P) {
  Names Result;
  for (const InitialiserRun &I : P.Initialisers)
    Result.push_back(I.Function);
  return Result;
}
inline Names resets(const ReloadPlan &P) {
  Names Result;
  for (const Reset &R : P.Resets)
    Result.push_back(R.Initialiser.empty() ? R.Variable : R.Variable + " by " + R.Initialiser);
  return Result;
}
inline Names kept(const ReloadPlan &P) {
  Names Result;
  for (const KeptVariable &K : P.Kept)
    Result.push_back(K.Name + ": " + K.Reason);
  return Result;
}
inline Names layoutChanges(const ReloadPlan &P) {
  Names Result;
  for (const LayoutChange &C : P.LayoutChanges)
    Result.push_back(C.Type + ": " + C.What);
  return Result;
}
inline Names hazards(const ReloadPlan &P) {
  Names Result;
  for (const Hazard &H : P.Hazards)
    Result.push_back(H.Function + " v" + std::to_string(number(H.Body)));
  return Result;
}
inline Names problems(const ReloadPlan &P) {
  Names Result;
  for (const LinkProblem &L : P.Problems)
    Result.push_back(L.File + ":" + std::to_string(L.Line) + ": " + L.Message);
  return Result;
}

} // namespace nextframe::test

namespace nextframe {
// So that a failure is readable.
inline void PrintTo(const Reset &R, std::ostream *OS) {
  *OS << R.Variable << (R.Initialiser.empty() ? "" : " by " + R.Initialiser);
}
inline void PrintTo(const LinkProblem &P, std::ostream *OS) { *OS << P.Message; }
} // namespace nextframe

namespace nextframe::test {

/// A program of one function, so that a test can speak of something else.
class PlanTest : public testing::Test {
protected:
  void SetUp() override { P.unit("main.cpp").function("main", 1); }

  /// Reloads what must be accepted.
  ReloadPlan accepted() {
    ReloadPlan Plan = P.reload();
    EXPECT_THAT(problems(Plan), testing::IsEmpty());
    EXPECT_THAT(Plan.Refusals, testing::IsEmpty());
    return Plan;
  }

  Program P;
};

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

} // namespace nextframe::test

#endif // NEXTFRAME_TESTS_UNIT_PLAN_FACTSBUILDER_H
