//===- MergeUnitsTest.cpp - A unit with some of its bodies compiled anew --===//

#include "ir/MergeUnits.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nextframe;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

FunctionFacts function(std::string Name, uint64_t Hash, std::vector<SymbolIndex> References = {}) {
  FunctionFacts F;
  F.Name = std::move(Name);
  F.Hash = Hash;
  F.References = std::move(References);
  return F;
}

VariableFacts variable(std::string Name, uint64_t Content) {
  VariableFacts V;
  V.Name = std::move(Name);
  V.ContentHash = Content;
  return V;
}

std::shared_ptr<CompiledUnit> base() {
  auto Unit = std::make_shared<CompiledUnit>();
  Unit->File = "a.cpp";
  Unit->Facts.Symbols = {"_Z1gv"};
  Unit->Facts.Functions = {function("_Z1fv", 1, {0}), function("_Z1gv", 2)};
  Unit->Facts.Variables = {variable("global", 3)};
  return Unit;
}

struct Merged {
  std::shared_ptr<const CompiledUnit> Unit;
  std::string Why;
};

Merged merge(std::shared_ptr<const CompiledUnit> Base, UnitFacts Part) {
  CompiledUnit New;
  New.Facts = std::move(Part);
  // (As what compiles a whole unit does.)
  auto Whole = std::make_shared<CompiledUnit>(*Base);
  Whole->Index = FactIndex(Whole->Facts);
  Base = std::move(Whole);
  Merged Result;
  Result.Unit = mergeUnits(std::move(Base), std::move(New), {"_Z1fv"}, Result.Why);
  return Result;
}

std::vector<std::string> referencesOf(const UnitFacts &Facts, size_t Function) {
  std::vector<std::string> Result;
  for (SymbolIndex I : Facts.Functions[Function].References)
    Result.push_back(Facts.Symbols[I]);
  return Result;
}

TEST(MergeUnits, TheEditedFunctionIsReplacedAndTheRestStays) {
  UnitFacts Part;
  Part.Symbols = {"sin", "_Z1gv"};
  Part.Functions = {function("_Z1fv", 9, {1, 0})};
  Merged M = merge(base(), Part);
  ASSERT_TRUE(M.Unit) << M.Why;
  ASSERT_EQ(M.Unit->facts().Functions.size(), 2u);
  EXPECT_EQ(M.Unit->facts().Functions[0].Hash, 9u);
  EXPECT_THAT(referencesOf(M.Unit->facts(), 0), ElementsAre("_Z1gv", "sin"));
  EXPECT_EQ(M.Unit->facts().Functions[1].Hash, 2u);
  EXPECT_TRUE(M.Unit->Newer.contains("_Z1fv"));
  EXPECT_FALSE(M.Unit->Newer.contains("_Z1gv"));
}

TEST(MergeUnits, WhatItLeadsToIsAddedAndNothingElse) {
  UnitFacts Part;
  Part.Symbols = {"_Z3newv", "literal"};
  Part.Functions = {function("_Z1fv", 9, {0}), function("_Z3newv", 4, {1}),
                    function("_Z9elsewherev", 5)};
  Part.Variables = {variable("literal", 6), variable("unused", 7)};
  Merged M = merge(base(), Part);
  ASSERT_TRUE(M.Unit) << M.Why;
  ASSERT_EQ(M.Unit->facts().Functions.size(), 3u);
  EXPECT_EQ(M.Unit->facts().Functions[2].Name, "_Z3newv");
  ASSERT_EQ(M.Unit->facts().Variables.size(), 2u);
  EXPECT_EQ(M.Unit->facts().Variables[1].Name, "literal");
}

TEST(MergeUnits, WhatIsThereAsItWasIsTakenFromTheWholeUnit) {
  UnitFacts Part;
  Part.Symbols = {"_Z1gv", "global"};
  Part.Functions = {function("_Z1fv", 9, {0, 1}), function("_Z1gv", 2)};
  Part.Variables = {variable("global", 3)};
  Merged M = merge(base(), Part);
  ASSERT_TRUE(M.Unit) << M.Why;
  EXPECT_EQ(M.Unit->Newer.size(), 1u);
}

TEST(MergeUnits, AVariableThatDiffersIsForAWholeCompile) {
  UnitFacts Part;
  Part.Symbols = {"global"};
  Part.Functions = {function("_Z1fv", 9, {0})};
  Part.Variables = {variable("global", 4)};
  EXPECT_THAT(merge(base(), Part).Why, HasSubstr("global differs"));
}

TEST(MergeUnits, AnInitialiserThatIsNewIsForAWholeCompile) {
  UnitFacts Part;
  Part.Symbols = {"fresh"};
  Part.Functions = {function("_Z1fv", 9, {0})};
  Part.Variables = {variable("fresh", 4)};
  Part.Initialisers = {{"init.fresh", "fresh", 65535}};
  EXPECT_THAT(merge(base(), Part).Why, HasSubstr("init.fresh"));
}

TEST(MergeUnits, ALambdaThatIsGoneStaysForWhoeverHoldsIt) {
  auto Base = base();
  Base->Facts.Functions.push_back(function("_ZZ1fvENKUlvE_clEv", 5));
  UnitFacts Part;
  Part.Functions = {function("_Z1fv", 9)};
  Merged M = merge(Base, Part);
  ASSERT_TRUE(M.Unit) << M.Why;
  EXPECT_EQ(M.Unit->facts().Functions.size(), 3u);
}

TEST(MergeUnits, ALocalTypeThatDiffersIsForAWholeCompile) {
  auto Base = base();
  RecordFacts Type;
  Type.Name = "f()::Local";
  Type.Size = 4;
  Base->Facts.Records = {Type};
  UnitFacts Part;
  Part.Functions = {function("_Z1fv", 9)};
  Type.Size = 8;
  Part.Records = {Type};
  EXPECT_THAT(merge(Base, Part).Why, HasSubstr("f()::Local"));
}

TEST(MergeUnits, AnEditedFunctionWithoutCodeIsForAWholeCompile) {
  EXPECT_THAT(merge(base(), UnitFacts()).Why, HasSubstr("_Z1fv was not compiled"));
}

} // namespace
