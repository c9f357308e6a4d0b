//===- Report.cpp - What is said about a reload: a line and an event ------===//

#include "session/Report.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nextframe;

static StringRef nameOf(Outcome O) {
  switch (O) {
  case Outcome::Applied:
    return "applied";
  case Outcome::Unchanged:
    return "unchanged";
  case Outcome::Failed:
    return "failed";
  case Outcome::Refused:
    return "refused";
  case Outcome::Ready:
    return "ready";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// The line
//===----------------------------------------------------------------------===//

/// "5 functions replaced (a(), b(), c(), …)": those with the shortest names, which
/// are the user's own rather than what the library makes of them.
static void addCount(std::vector<std::string> &Parts, std::vector<std::string> Names,
                     StringRef Noun, StringRef Verb) {
  if (Names.empty())
    return;
  constexpr size_t Shown = 3;
  std::sort(Names.begin(), Names.end(), [](const auto &A, const auto &B) {
    return std::pair(A.size(), A) < std::pair(B.size(), B);
  });
  std::string Text =
      formatv("{0} {1}{2} {3} ({4}", Names.size(), Noun, Names.size() == 1 ? "" : "s", Verb,
              join(ArrayRef(Names).take_front(Shown), ", "));
  Text += Names.size() > Shown ? ", …)" : ")";
  Parts.push_back(std::move(Text));
}

std::string nextframe::reportLine(const ReloadReport &R) {
  std::vector<std::string> Parts;
  addCount(Parts, R.Replaced, "function", "replaced");
  addCount(Parts, R.Added, "function", "added");
  addCount(Parts, R.Removed, "function", "removed");
  addCount(Parts, R.Reset, "variable", "reset");
  if (Parts.empty() && R.Result == Outcome::Applied)
    Parts.push_back("data only");

  std::string Line;
  if (R.Result == Outcome::Applied)
    Line = formatv("reload {0} ", R.Generation);
  else
    Line = "reload ";
  Line += nameOf(R.Result);
  Line += ": " + join(R.Files, ", ");
  if (!Parts.empty())
    Line += ": " + join(Parts, ", ");
  if (R.LiveNs)
    Line += formatv(" in {0:f1} ms", millisBetween(R.SavedNs, *R.LiveNs));
  return Line;
}

//===----------------------------------------------------------------------===//
// The events
//===----------------------------------------------------------------------===//

/// Milliseconds to the microsecond: more digits would only claim precision.
static void addMillis(json::OStream &J, StringRef Key, double Ms) {
  J.attributeBegin(Key);
  J.rawValue(formatv("{0:f3}", Ms).str());
  J.attributeEnd();
}

static void addNames(json::OStream &J, StringRef Key, ArrayRef<std::string> Names) {
  J.attributeArray(Key, [&] {
    for (const std::string &N : Names)
      J.value(json::fixUTF8(N));
  });
}

static void addDiagnostics(json::OStream &J, ArrayRef<SourceDiagnostic> Diagnostics) {
  J.attributeArray("diagnostics", [&] {
    for (const SourceDiagnostic &D : Diagnostics)
      J.object([&] {
        J.attribute("severity", D.Severity);
        J.attribute("file", json::fixUTF8(D.File));
        J.attribute("line", static_cast<int64_t>(D.Line));
        J.attribute("column", static_cast<int64_t>(D.Column));
        J.attribute("message", json::fixUTF8(D.Message));
      });
  });
}

static StringRef nameOf(Route Way) {
  switch (Way) {
  case Route::Remembered:
    return "remembered";
  case Route::Live:
    return "live";
  case Route::Bodies:
    return "bodies";
  case Route::Whole:
    return "whole";
  case Route::Check:
    return "check";
  }
  return "";
}

static void addReload(json::OStream &J, const ReloadReport &R) {
  J.attribute("event", "reload");
  J.attribute("generation", static_cast<int64_t>(R.Generation));
  J.attribute("outcome", nameOf(R.Result));
  addNames(J, "files", R.Files);
  addNames(J, "replaced", R.Replaced);
  addNames(J, "added", R.Added);
  addNames(J, "removed", R.Removed);
  J.attributeArray("kept", [&] {
    for (const KeptVariable &K : R.Kept)
      J.object([&] {
        J.attribute("name", json::fixUTF8(K.Name));
        J.attribute("reason", json::fixUTF8(K.Reason));
      });
  });
  J.attributeArray("reset", [&] {
    for (const std::string &Name : R.Reset)
      J.object([&] { J.attribute("name", json::fixUTF8(Name)); });
  });
  addNames(J, "notes", R.Notes);
  addDiagnostics(J, R.Diagnostics);
  J.attribute("code_objects", static_cast<int64_t>(R.CodeObjects));
  J.attribute("route", nameOf(R.Way));
  if (R.Way == Route::Bodies || R.Way == Route::Live)
    J.attribute("bodies_parsed", static_cast<int64_t>(R.Bodies));
  J.attribute("saved_ns", static_cast<int64_t>(R.SavedNs));
  if (R.LiveNs)
    J.attribute("live_ns", static_cast<int64_t>(*R.LiveNs));
  if (R.PauseNs)
    J.attribute("pause_ns", static_cast<int64_t>(*R.PauseNs));
  J.attributeObject("phases_ms", [&] {
    addMillis(J, "detect", R.PhasesMs.Detect);
    addMillis(J, "compile", R.PhasesMs.Compile);
    addMillis(J, "codegen", R.PhasesMs.Codegen);
    addMillis(J, "link", R.PhasesMs.Link);
    addMillis(J, "wait", R.PhasesMs.Wait);
    addMillis(J, "commit", R.PhasesMs.Commit);
  });
}

template <typename BodyT> static std::string object(BodyT Body) {
  std::string Line;
  raw_string_ostream OS(Line);
  json::OStream J(OS);
  J.object([&] { Body(J); });
  J.flush();
  return Line;
}

EventStream::EventStream() = default;
EventStream::~EventStream() = default;

Error EventStream::open(StringRef File) {
  MutexLock Lock(M);
  if (File == "-") {
    OS = std::make_unique<raw_fd_ostream>(2, /*shouldClose=*/false, /*unbuffered=*/true);
    return Error::success();
  }
  std::error_code EC;
  OS = std::make_unique<raw_fd_ostream>(File, EC);
  if (!EC)
    return Error::success();
  OS.reset();
  return makeError(diag::err_cannot_write, "--events", File, EC.message());
}

void EventStream::write(StringRef Line) {
  MutexLock Lock(M);
  if (!OS)
    return;
  *OS << (Line + "\n").str();
  OS->flush();
  OS->clear_error(); // A reader that went away is no reason to stop the program.
}

void EventStream::ready(const StartReport &R) {
  write(object([&](json::OStream &J) {
    J.attribute("event", "ready");
    J.attribute("time_ns", static_cast<int64_t>(nowNs()));
    J.attribute("units", static_cast<int64_t>(R.Units));
    J.attribute("functions", static_cast<int64_t>(R.Functions));
    J.attribute("compiled", static_cast<int64_t>(R.Compiled));
    J.attribute("generated", static_cast<int64_t>(R.Generated));
    addMillis(J, "startup_ms", R.StartupMs);
  }));
}

void EventStream::reload(const ReloadReport &R) {
  write(object([&](json::OStream &J) { addReload(J, R); }));
}

void EventStream::checked(StringRef File, bool Agrees, const ReloadReport &R) {
  write(object([&](json::OStream &J) {
    J.attribute("event", "checked");
    J.attribute("time_ns", static_cast<int64_t>(nowNs()));
    J.attribute("file", json::fixUTF8(File));
    J.attribute("agrees", Agrees);
    addDiagnostics(J, R.Diagnostics);
  }));
}

void EventStream::prepared(StringRef File) {
  write(object([&](json::OStream &J) {
    J.attribute("event", "prepared");
    J.attribute("time_ns", static_cast<int64_t>(nowNs()));
    J.attribute("file", json::fixUTF8(File));
  }));
}

void EventStream::exit(int Status) {
  write(object([&](json::OStream &J) {
    J.attribute("event", "exit");
    J.attribute("time_ns", static_cast<int64_t>(nowNs()));
    J.attribute("status", static_cast<int64_t>(Status));
  }));
}
