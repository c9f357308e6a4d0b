// spreadTypes(): the layouts that optimised code may have been compiled with.

#include "IrTest.h"

#include "ir/InlinedTypes.h"

namespace nextframe::test {
namespace {

const char *const Chain =
    "@table = constant [1 x ptr] [ptr @deep]\n"
    "define void @main() {\ncall void @near()\ncall void @far()\nret void\n}\n"
    "define void @near() {\n%f = load ptr, ptr @table\ncall void %f()\n"
    "ret void\n}\n"
    "define void @deep() { ret void }\n"
    "define void @aside() { ret void }\n"
    "declare void @far()";

SourceFacts typesOfChain() {
  SourceFacts Source;
  Source.Functions["main"] = {{"A"}, true};
  Source.Functions["near"] = {{"B"}, true};
  Source.Functions["deep"] = {{"C"}, true};
  Source.Functions["aside"] = {{"D"}, true};
  return Source;
}

TEST(InlinedTypesTest, AFunctionHasTheTypesOfAllThatItLeadsToAlsoByData) {
  SourceFacts Source = typesOfChain();
  spreadTypes(*Ir(Chain), Source);
  EXPECT_THAT(Source.Functions["main"].Types, ElementsAre("A", "B", "C"));
  EXPECT_TRUE(Source.Functions["main"].TypesComplete);
  EXPECT_THAT(Source.Functions["deep"].Types, ElementsAre("C"));
  EXPECT_THAT(Source.Functions["aside"].Types, ElementsAre("D"));
}

TEST(InlinedTypesTest, NothingIsKnownOfOneThatLeadsToOneOfWhichNothingIsKnown) {
  SourceFacts Source = typesOfChain();
  Source.Functions["deep"].TypesComplete = false;
  spreadTypes(*Ir(Chain), Source);
  EXPECT_FALSE(Source.Functions["main"].TypesComplete);
  EXPECT_TRUE(Source.Functions["aside"].TypesComplete);

  Source = typesOfChain();
  Source.Functions.erase("near");
  spreadTypes(*Ir(Chain), Source);
  EXPECT_FALSE(Source.Functions["main"].TypesComplete);
}

TEST(InlinedTypesTest, NothingIsKnownOfOneThatLeadsToVeryManyFunctions) {
  SourceFacts Source = typesOfChain();
  spreadTypes(*Ir(Chain), Source, /*MostFunctions=*/2);
  EXPECT_FALSE(Source.Functions["main"].TypesComplete);
  EXPECT_TRUE(Source.Functions["near"].TypesComplete);
}

TEST(InlinedTypesTest, FunctionsThatCallEachOtherEnd) {
  SourceFacts Source;
  Source.Functions["a"] = {{"A"}, true};
  Source.Functions["b"] = {{"B"}, true};
  spreadTypes(*Ir("define void @a() {\ncall void @b()\nret void\n}\n"
                  "define void @b() {\ncall void @a()\nret void\n}"),
              Source);
  EXPECT_THAT(Source.Functions["a"].Types, ElementsAre("A", "B"));
  EXPECT_THAT(Source.Functions["b"].Types, ElementsAre("A", "B"));
}

} // namespace
} // namespace nextframe::test
