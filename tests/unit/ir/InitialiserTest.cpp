// Dynamic initialisers: one function a variable, in running order.

#include "IrTest.h"

namespace nextframe::test {
namespace {

/// As clang writes a file's initialisers: numbered functions, called in order.
std::string fileWith(llvm::StringRef Globals, const std::vector<std::string> &Bodies,
                     llvm::StringRef Priority = "65535") {
  std::string Text = Globals.str() + "\n@__dso_handle = external hidden global i8\n"
                                     "declare i32 @__cxa_atexit(ptr, ptr, ptr)\n"
                                     "declare i32 @compute()\ndeclare void @construct(ptr, ptr)\n"
                                     "declare void @destroy(ptr)\n";
  std::string Calls;
  for (size_t I = 0; I != Bodies.size(); ++I) {
    std::string Name = "@__cxx_global_var_init" + (I ? "." + std::to_string(I) : "");
    Text += "define internal void " + Name + "() section \".text.startup\" {\n" + Bodies[I] +
            "\nret void\n}\n";
    Calls += "call void " + Name + "()\n";
  }
  return Text +
         "@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] "
         "[{ i32, ptr, ptr } { i32 " +
         Priority.str() +
         ", ptr @_GLOBAL__sub_I_a.cpp, ptr null }]\n"
         "define internal void @_GLOBAL__sub_I_a.cpp() {\n" +
         Calls + "ret void\n}\n";
}

std::string store(const char *Variable) {
  return std::string("%r = call i32 @compute()\nstore i32 %r, ptr ") + Variable;
}

Names initialisers(const UnitFacts &Facts) {
  Names Result;
  for (const InitialiserFacts &I : Facts.Initialisers)
    Result.push_back(I.Function + " of " + I.Variable);
  return Result;
}

TEST(InitialiserTest, EachVariableHasAnInitialiserInTheOrderOfTheFile) {
  UnitFacts Facts =
      Ir(fileWith("@b = global i32 0\n@a = global i32 0", {store("@b"), store("@a")})).facts();
  EXPECT_THAT(initialisers(Facts),
              ElementsAre(local("init.b") + " of b", local("init.a") + " of a"));
  EXPECT_THAT(functionNames(Facts), UnorderedElementsAre(local("init.a"), local("init.b")));
  EXPECT_EQ(Facts.Initialisers[0].Priority, 65535u);
}

TEST(InitialiserTest, TheDestructorOfAnArrayIsRegisteredForTheArray) {
  Ir Module(fileWith("@a = global [2 x i32] zeroinitializer",
                     {"call i32 @__cxa_atexit(ptr @__cxx_global_array_dtor, ptr null, ptr "
                      "@__dso_handle)"}) +
            "define internal void @__cxx_global_array_dtor(ptr %0) {\n"
            "call void @destroy(ptr getelementptr (i32, ptr @a, i64 1))\nret void\n}\n");
  UnitFacts Facts = Module.facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre(local("init.a") + " of a"));
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  Module->print(OS, nullptr);
  EXPECT_THAT(Text, HasSubstr(", ptr @a, ptr @__dso_handle)"));
}

TEST(InitialiserTest, APriorityIsKept) {
  EXPECT_EQ(
      Ir(fileWith("@a = global i32 0", {store("@a")}, "101")).facts().Initialisers[0].Priority,
      101u);
}

TEST(InitialiserTest, AVariableIsFoundByTheConstructorsFirstArgument) {
  UnitFacts Facts = Ir(fileWith("@other = global i32 0\n@a = global i32 0",
                                {"call void @construct(ptr @a, ptr @other)"}))
                        .facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre(local("init.a") + " of a"));
}

TEST(InitialiserTest, AVariableIsFoundByWhatIsRegisteredForDestruction) {
  UnitFacts Facts =
      Ir(fileWith("@other = global i32 0\n@a = global i32 0",
                  {"store i32 1, ptr @other\ncall void @construct(ptr @other, ptr @a)\n"
                   "%x = call i32 @__cxa_atexit(ptr @destroy, ptr @a, ptr @__dso_handle)"}))
          .facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre(local("init.a") + " of a"));
}

TEST(InitialiserTest, AVariableIsFoundByAStoreIntoAPartOfIt) {
  UnitFacts Facts =
      Ir(fileWith("@a = global [4 x i32] zeroinitializer",
                  {store("getelementptr inbounds ([4 x i32], ptr @a, i64 0, i64 2)")}))
          .facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre(local("init.a") + " of a"));
}

TEST(InitialiserTest, ALocalVariablesInitialiserNamesItWithItsFile) {
  UnitFacts Facts = Ir(fileWith("@a = internal global i32 0", {store("@a")})).facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre(local("init.a") + " of " + local("a")));
}

TEST(InitialiserTest, AGuardIsNotTheVariable) {
  UnitFacts Facts =
      Ir("$a = comdat any\n@a = linkonce_odr global i32 0, comdat\n"
         "@_ZGV1a = linkonce_odr global i64 0, comdat($a)\ndeclare i32 @compute()\n"
         "define internal void @__cxx_global_var_init() comdat($a) {\n"
         "%g = load i8, ptr @_ZGV1a\n%c = icmp eq i8 %g, 0\nbr i1 %c, label %i, label %e\n"
         "i:\nstore i8 1, ptr @_ZGV1a\n" +
         store("@a") +
         "\nbr label %e\ne:\nret void\n}\n"
         "@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] "
         "[{ i32, ptr, ptr } { i32 65535, ptr @__cxx_global_var_init, ptr @a }]")
          .facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre("init.a of a"));
  EXPECT_EQ(functionOf(Facts, "init.a").Bind, Binding::Weak) << "shared by the files that have it";
}

TEST(InitialiserTest, AnEditedInitialiserChangesItsHashOnly) {
  auto Facts = [](const char *N) {
    return Ir(fileWith("@a = global i32 0\n@b = global i32 0",
                       {std::string("%r = call i32 @compute()\n%s = add i32 %r, ") + N +
                            "\nstore i32 %s, ptr @a",
                        store("@b")}))
        .facts();
  };
  UnitFacts Before = Facts("1"), After = Facts("2");
  EXPECT_NE(functionOf(Before, local("init.a")).Hash, functionOf(After, local("init.a")).Hash);
  EXPECT_EQ(functionOf(Before, local("init.b")).Hash, functionOf(After, local("init.b")).Hash);
}

TEST(InitialiserTest, ANewVariableBeforeAnotherDoesNotChangeTheOther) {
  UnitFacts Before = Ir(fileWith("@b = global i32 0", {store("@b")})).facts();
  UnitFacts After =
      Ir(fileWith("@a = global i32 0\n@b = global i32 0", {store("@a"), store("@b")})).facts();
  EXPECT_EQ(functionOf(Before, local("init.b")).Hash, functionOf(After, local("init.b")).Hash);
}

TEST(InitialiserTest, ConstructorFunctionsKeepTheirNames) {
  UnitFacts Facts =
      Ir("define void @setup() { ret void }\ndefine internal void @local_setup() { ret void }\n"
         "@llvm.global_ctors = appending global [2 x { i32, ptr, ptr }] "
         "[{ i32, ptr, ptr } { i32 65535, ptr @setup, ptr null }, "
         "{ i32, ptr, ptr } { i32 200, ptr @local_setup, ptr null }]")
          .facts();
  EXPECT_THAT(initialisers(Facts), ElementsAre("setup of ", local("local_setup") + " of "));
  EXPECT_EQ(Facts.Initialisers[1].Priority, 200u);
}

TEST(InitialiserTest, DestructorFunctionsAreFinalisers) {
  UnitFacts Facts = Ir("define internal void @teardown() { ret void }\n"
                       "@llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] "
                       "[{ i32, ptr, ptr } { i32 65535, ptr @teardown, ptr null }]")
                        .facts();
  ASSERT_EQ(Facts.Finalisers.size(), 1u);
  EXPECT_EQ(Facts.Finalisers[0].Function, local("teardown"));
  EXPECT_EQ(Facts.Finalisers[0].Priority, 65535u);
  EXPECT_THAT(Facts.Initialisers, IsEmpty());
}

TEST(InitialiserTest, TheListsThemselvesGo) {
  Ir M(fileWith("@a = global i32 0", {store("@a")}));
  M.facts();
  EXPECT_FALSE(M->getGlobalVariable("llvm.global_ctors"));
  EXPECT_FALSE(M->getFunction("_GLOBAL__sub_I_a.cpp"));
}

} // namespace
} // namespace nextframe::test
