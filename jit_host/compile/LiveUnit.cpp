//===- LiveUnit.cpp - A unit whose syntax tree is kept --------------------===//
//
// A new body is parsed into the tree; code is made of it, and of what it needs that
// the program doesn't have. The result is a part of a unit like BodyCompile's, and is
// merged like one.
//
//===----------------------------------------------------------------------===//

#include "compile/LiveUnit.h"
#include "compile/ClangSetup.h"
#include "compile/LiveAst.h"
#include "compile/LivePart.h"
#include "ir/MergeUnits.h"
#include "ir/Names.h"
#include "support/CrashGuard.h"

#include "clang/Basic/Stack.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

LiveUnit::LiveUnit(std::shared_ptr<const Preamble> Begin) : Begin(std::move(Begin)) {}
LiveUnit::~LiveUnit() = default;

size_t LiveUnit::size() const { return Begin->size() + (Ast ? Ast->size() : 0); }

bool LiveUnit::serves(const std::string &Main) const {
  constexpr size_t MostGrowth = 64u << 20;
  return isGood() && size() < FirstSize + MostGrowth &&
         placeBodies(Source, Main, Begin->Invocation->getLangOpts());
}

/// What is in force at the end of a file may not have been where a function stands.
static bool hasPragmas(StringRef Text) {
  static const Regex Any("(^|\n)[ \t]*#[ \t]*pragma[ \t]+([A-Za-z_]+)([ \t]+([A-Za-z_]+))?");
  if (Text.contains("_Pragma"))
    return true;
  SmallVector<StringRef, 5> Found;
  for (; Any.match(Text, &Found); Text = Text.substr(Found[0].end() - Text.begin())) {
    bool IsDiagnostic = (Found[2] == "GCC" || Found[2] == "clang") && Found[4] == "diagnostic";
    if (!IsDiagnostic && Found[2] != "once" && Found[2] != "region" && Found[2] != "endregion" &&
        Found[2] != "mark")
      return true;
  }
  return false;
}

std::shared_ptr<LiveUnit> Compiler::buildLive(const CompileJob &Job, const TextOverlay &Texts,
                                              const CompiledUnit &Of,
                                              std::shared_ptr<const Preamble> Begin,
                                              const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Live tree", Job.File);
  if (Of.Source.OnlyWhole || hasPragmas(Of.Source.Text))
    return nullptr;
  auto Result = std::make_shared<LiveUnit>(Begin);
  Result->Source = Of.Source;
  clang::noteBottomOfStack();
  if (!survives([&] { Result->Ast = LiveAst::create(Job, Texts, Of.Source.Text, Begin, Known); }))
    return nullptr;
  if (!Result->Ast)
    return nullptr;
  Result->FirstSize = Result->size();
  return Result;
}

/// Lexes the bodies of \p Edited, which are those of \p Main that differ from \p Base's.
static std::string readBodies(LiveUnit &Live, const std::string &Main, ArrayRef<EditedBody> Edited,
                              std::vector<LiveAst::Body> &Bodies) {
  const clang::LangOptions &Lang = Live.Begin->Invocation->getLangOpts();
  auto Placed = placeBodies(Live.Source, Main, Lang);
  if (!Placed)
    return "more than bodies differs from the tree";
  Live.Ast->setLines(Live.Source, Main, *Placed);
  Live.Ast->setText(Main);
  for (const EditedBody &E : Edited) {
    auto Here = partition_point(*Placed, [&](const EditedBody &P) { return P.Begin < E.Begin; });
    if (Here == Placed->end() || Here->Begin != E.Begin || Here->End != E.End)
      return "the tree has no such body";
    Bodies.emplace_back();
    std::string Why = Live.Ast->read(Live.Source.Bodies[Here->Index], *Here, Bodies.back());
    if (!Why.empty())
      return Why;
  }
  return "";
}

Compiler::BodiesResult Compiler::compileLive(const CompileJob &Job, const std::string &Main,
                                             std::shared_ptr<const CompiledUnit> Base,
                                             LiveUnit &Live, const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Compile live", Job.File);
  BodiesResult Result;
  const SourceText &Old = Base->Source;
  auto Edited = Old.OnlyWhole ? std::nullopt
                              : compareBodies(Old, Main, Live.Begin->Invocation->getLangOpts());
  if (!Edited || Edited->empty()) {
    Result.Why = "more than bodies differ";
    return Result;
  }
  std::vector<LiveAst::Body> Bodies;
  std::unique_ptr<CompiledUnit> Part;
  clang::noteBottomOfStack();
  bool Survived = survives([&] {
    Result.Why = readBodies(Live, Main, *Edited, Bodies);
    if (!Result.Why.empty())
      return;
    Live.Broken = true; // Unless all goes well.
    Part = compileLivePart(Job, *Live.Ast, *Base, Bodies, Known, Result.Why);
    Live.Broken = !Part && Live.Ast->compiler().getDiagnostics().hasErrorOccurred();
  });
  if (!Survived) {
    Live.Broken = true;
    (void)Live.Ast.release(); // Nobody knows what state it is in.
    Result.Why = "the compiler crashed";
  }
  if (!Part)
    return Result;
  Result.Bodies = static_cast<unsigned>(Bodies.size());
  std::vector<std::string> Symbols;
  for (const EditedBody &E : *Edited)
    append_range(Symbols, Old.Bodies[E.Index].Symbols);
  TimeTraceScope Merging("Merge");
  Result.Unit = mergeUnits(std::move(Base), std::move(*Part), Symbols, Result.Why);
  return Result;
}
