// What is said about a reload: a line for people, an event for scripts.

#include "session/Report.h"
#include "support/Clock.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <thread>

namespace nextframe::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

ReloadReport applied() {
  ReloadReport R;
  R.Generation = 7;
  R.Result = Outcome::Applied;
  R.Files = {"game.cpp"};
  R.Replaced = {"Game::update(float)"};
  R.SavedNs = 1'000'000'000;
  R.LiveNs = 1'012'340'000;
  R.PauseNs = 5'000;
  return R;
}

//===----------------------------------------------------------------------===//
// The line
//===----------------------------------------------------------------------===//

TEST(ReportLineTest, AnAppliedReload) {
  EXPECT_EQ(reportLine(applied()),
            "reload 7 applied: game.cpp: 1 function replaced (Game::update(float)) in 12.3 ms");
}

TEST(ReportLineTest, SeveralFilesAndKindsOfChange) {
  ReloadReport R = applied();
  R.Files = {"a.cpp", "b.h"};
  R.Replaced = {"f()", "g()"};
  R.Added = {"h()"};
  R.Removed = {"i()"};
  R.Reset = {"g_gravity"};
  EXPECT_EQ(reportLine(R), "reload 7 applied: a.cpp, b.h: 2 functions replaced (f(), g()), "
                           "1 function added (h()), 1 function removed (i()), "
                           "1 variable reset (g_gravity) in 12.3 ms");
}

TEST(ReportLineTest, ManyNamesAreCutShort) {
  ReloadReport R = applied();
  R.Replaced = {"a()", "b()", "c()", "d()"};
  EXPECT_THAT(reportLine(R), HasSubstr("4 functions replaced (a(), b(), c(), …)"));
}

TEST(ReportLineTest, ThreeNamesAreNot) {
  ReloadReport R = applied();
  R.Replaced = {"a()", "b()", "c()"};
  EXPECT_THAT(reportLine(R), HasSubstr("3 functions replaced (a(), b(), c())"));
}

TEST(ReportLineTest, AChangeOfDataAloneSaysSo) {
  ReloadReport R = applied();
  R.Replaced.clear();
  EXPECT_THAT(reportLine(R), HasSubstr("data only"));
}

TEST(ReportLineTest, WhatDidNotBecomeLiveHasNoGenerationAndNoTime) {
  for (auto [Result, Name] : {std::pair(Outcome::Unchanged, "unchanged"),
                              {Outcome::Failed, "failed"},
                              {Outcome::Refused, "refused"},
                              {Outcome::Ready, "ready"}}) {
    ReloadReport R;
    R.Result = Result;
    R.Files = {"game.cpp"};
    EXPECT_THAT(reportLine(R), testing::StartsWith(std::string("reload ") + Name + ": game.cpp"));
    EXPECT_THAT(reportLine(R), Not(HasSubstr(" ms")));
  }
}

//===----------------------------------------------------------------------===//
// The events
//===----------------------------------------------------------------------===//

class EventStreamTest : public testing::Test {
protected:
  llvm::SmallString<128> File;
  EventStream Events;

  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("nextframe-events", "jsonl", File));
    ASSERT_EQ(llvm::toString(Events.open(File)), "");
  }
  void TearDown() override { llvm::sys::fs::remove(File); }

  std::string text() {
    auto Buffer =
        llvm::MemoryBuffer::getFile(File, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                    /*IsVolatile=*/true);
    return Buffer ? (*Buffer)->getBuffer().str() : "";
  }
  /// All events so far; fails where a line isn't a JSON object.
  std::vector<llvm::json::Object> events() {
    std::vector<llvm::json::Object> Result;
    std::string Text = text();
    EXPECT_TRUE(Text.empty() || Text.back() == '\n');
    llvm::StringRef Rest = Text;
    while (!Rest.empty()) {
      llvm::StringRef Line;
      std::tie(Line, Rest) = Rest.split('\n');
      llvm::Expected<llvm::json::Value> V = llvm::json::parse(Line);
      if (!V || !V->getAsObject()) {
        ADD_FAILURE() << Line.str() << (V ? "" : ": " + llvm::toString(V.takeError()));
        continue;
      }
      Result.push_back(std::move(*V->getAsObject()));
    }
    return Result;
  }
  llvm::json::Object only() {
    std::vector<llvm::json::Object> All = events();
    EXPECT_EQ(All.size(), 1u);
    return All.empty() ? llvm::json::Object() : All[0];
  }
  llvm::json::Object reload(const ReloadReport &R) {
    Events.reload(R);
    return only();
  }
  static Names keys(const llvm::json::Object &O) {
    Names Result;
    for (auto &[Key, Value] : O)
      Result.push_back(Key.str());
    return Result;
  }
  static Names strings(const llvm::json::Object &O, llvm::StringRef Key) {
    Names Result;
    if (const llvm::json::Array *A = O.getArray(Key))
      for (const llvm::json::Value &V : *A)
        Result.push_back(V.getAsString().value_or("not a string").str());
    else
      ADD_FAILURE() << "no array " << Key.str();
    return Result;
  }
};

TEST_F(EventStreamTest, Ready) {
  uint64_t Before = nowNs();
  Events.ready({4, 61, 3, 2, 412.0});
  llvm::json::Object E = only();
  EXPECT_THAT(keys(E), UnorderedElementsAre("event", "time_ns", "units", "functions", "compiled",
                                            "generated", "startup_ms"));
  EXPECT_EQ(E.getString("event"), "ready");
  EXPECT_EQ(E.getInteger("units"), 4);
  EXPECT_EQ(E.getInteger("functions"), 61);
  EXPECT_EQ(E.getInteger("compiled"), 3);
  EXPECT_EQ(E.getInteger("generated"), 2);
  EXPECT_EQ(E.getNumber("startup_ms"), 412.0);
  EXPECT_GE(uint64_t(*E.getInteger("time_ns")), Before);
}

TEST_F(EventStreamTest, Exit) {
  Events.exit(3);
  llvm::json::Object E = only();
  EXPECT_THAT(keys(E), UnorderedElementsAre("event", "time_ns", "status"));
  EXPECT_EQ(E.getString("event"), "exit");
  EXPECT_EQ(E.getInteger("status"), 3);
}

TEST_F(EventStreamTest, AReloadHasTheseKeys) {
  llvm::json::Object E = reload(applied());
  EXPECT_THAT(keys(E), UnorderedElementsAre("event", "generation", "outcome", "files", "replaced",
                                            "added", "removed", "kept", "reset", "notes",
                                            "code_objects", "diagnostics", "route", "saved_ns",
                                            "live_ns", "pause_ns", "phases_ms"));
  EXPECT_EQ(E.getString("event"), "reload");
  EXPECT_EQ(E.getInteger("generation"), 7);
  EXPECT_EQ(E.getInteger("saved_ns"), 1'000'000'000);
  EXPECT_EQ(E.getInteger("live_ns"), 1'012'340'000);
  EXPECT_EQ(E.getInteger("pause_ns"), 5'000);
}

TEST_F(EventStreamTest, WhatDidNotBecomeLiveHasNoTimeOfIt) {
  ReloadReport R = applied();
  R.Result = Outcome::Failed;
  R.LiveNs.reset();
  R.PauseNs.reset();
  EXPECT_THAT(keys(reload(R)),
              AllOf(Not(testing::Contains("live_ns")), Not(testing::Contains("pause_ns"))));
}

TEST_F(EventStreamTest, EachOutcomeHasItsName) {
  for (Outcome O :
       {Outcome::Applied, Outcome::Unchanged, Outcome::Failed, Outcome::Refused, Outcome::Ready}) {
    ReloadReport R = applied();
    R.Result = O;
    Events.reload(R);
  }
  Names Outcomes;
  for (const llvm::json::Object &E : events())
    Outcomes.push_back(E.getString("outcome").value_or("none").str());
  EXPECT_THAT(Outcomes, ElementsAre("applied", "unchanged", "failed", "refused", "ready"));
}

TEST_F(EventStreamTest, NamesAreLists) {
  ReloadReport R = applied();
  R.Files = {"a.cpp", "b.h"};
  R.Added = {"h()"};
  R.Removed = {"i()", "j()"};
  R.Notes = {"a note"};
  llvm::json::Object E = reload(R);
  EXPECT_THAT(strings(E, "files"), ElementsAre("a.cpp", "b.h"));
  EXPECT_THAT(strings(E, "replaced"), ElementsAre("Game::update(float)"));
  EXPECT_THAT(strings(E, "added"), ElementsAre("h()"));
  EXPECT_THAT(strings(E, "removed"), ElementsAre("i()", "j()"));
  EXPECT_THAT(strings(E, "notes"), ElementsAre("a note"));
}

TEST_F(EventStreamTest, KeptHasNameAndReasonAndResetHasName) {
  ReloadReport R = applied();
  R.Kept = {{"g_speed", "the program has changed it"}};
  R.Reset = {"g_gravity"};
  llvm::json::Object E = reload(R);
  const llvm::json::Object &Kept = *(*E.getArray("kept"))[0].getAsObject();
  EXPECT_THAT(keys(Kept), UnorderedElementsAre("name", "reason"));
  EXPECT_EQ(Kept.getString("name"), "g_speed");
  EXPECT_EQ(Kept.getString("reason"), "the program has changed it");
  const llvm::json::Object &Reset = *(*E.getArray("reset"))[0].getAsObject();
  EXPECT_THAT(keys(Reset), ElementsAre("name"));
  EXPECT_EQ(Reset.getString("name"), "g_gravity");
}

TEST_F(EventStreamTest, ADiagnosticPointsIntoTheSource) {
  ReloadReport R = applied();
  R.Diagnostics = {{"error", "game.cpp", 12, 5, "expected ';'"}};
  llvm::json::Object E = reload(R);
  const llvm::json::Object &D = *(*E.getArray("diagnostics"))[0].getAsObject();
  EXPECT_THAT(keys(D), UnorderedElementsAre("severity", "file", "line", "column", "message"));
  EXPECT_EQ(D.getString("severity"), "error");
  EXPECT_EQ(D.getString("file"), "game.cpp");
  EXPECT_EQ(D.getInteger("line"), 12);
  EXPECT_EQ(D.getInteger("column"), 5);
  EXPECT_EQ(D.getString("message"), "expected ';'");
}

TEST_F(EventStreamTest, PhasesAreMillisecondsToTheMicrosecond) {
  ReloadReport R = applied();
  R.PhasesMs = {
      .Detect = 0.1234, .Compile = 1234.5678, .Codegen = 3, .Link = 4, .Wait = 0, .Commit = 0.0004};
  llvm::json::Object E = reload(R);
  const llvm::json::Object &P = *E.getObject("phases_ms");
  EXPECT_THAT(keys(P),
              UnorderedElementsAre("detect", "compile", "codegen", "link", "wait", "commit"));
  EXPECT_EQ(P.getNumber("detect"), 0.123);
  EXPECT_EQ(P.getNumber("compile"), 1234.568);
  EXPECT_EQ(P.getNumber("commit"), 0.0);
}

TEST_F(EventStreamTest, LargeTimesAreExact) {
  ReloadReport R = applied();
  R.SavedNs = 9'007'199'254'740'993; // What a double can't hold.
  EXPECT_EQ(reload(R).getInteger("saved_ns"), 9'007'199'254'740'993);
}

TEST_F(EventStreamTest, AnyTextIsOneLineOfJson) {
  ReloadReport R = applied();
  R.Files = {"new\nline \"quoted\".cpp", "not utf-8 \xff\xfe.cpp"};
  R.Notes = {"note \xff"};
  R.Kept = {{"k", "it is a '\xff'"}};
  R.Diagnostics = {{"error", "\xff.cpp", 1, 1, "\xff\t\\"}};
  llvm::json::Object E = reload(R);
  EXPECT_EQ(strings(E, "files")[0], "new\nline \"quoted\".cpp");
}

TEST_F(EventStreamTest, EventsAreThereAtOnceAndInOrder) {
  Events.ready({1, 1, 1, 1, 1});
  EXPECT_EQ(events().size(), 1u);
  Events.reload(applied());
  EXPECT_EQ(events().size(), 2u);
  Events.exit(0);
  EXPECT_EQ(events()[2].getString("event"), "exit");
}

TEST_F(EventStreamTest, LinesOfSeveralThreadsDoNotMix) {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([this] {
      for (int J = 0; J != 50; ++J)
        Events.reload(applied());
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(events().size(), 200u);
}

TEST_F(EventStreamTest, AnotherRunStartsTheFileAnew) {
  Events.exit(1);
  EventStream Again;
  ASSERT_EQ(llvm::toString(Again.open(File)), "");
  Again.exit(2);
  EXPECT_EQ(only().getInteger("status"), 2);
}

TEST(EventStreamWithoutFileTest, NothingIsWritten) {
  EventStream Events;
  Events.ready({1, 1, 1, 1, 1});
  Events.reload(applied());
  Events.exit(0);
}

TEST(EventStreamWithoutFileTest, AFileThatCannotBeWrittenIsAnErrorThatNamesIt) {
  EventStream Events;
  EXPECT_THAT(llvm::toString(Events.open("/nowhere/events.jsonl")),
              AllOf(HasSubstr("--events /nowhere/events.jsonl"), HasSubstr("cannot be written")));
}

} // namespace
} // namespace nextframe::test
