//===- DiagnosticCapture.cpp - clang's messages, rendered and as values ---===//

#include "compile/DiagnosticCapture.h"

#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace nextframe;
using clang::DiagnosticsEngine;

static const char *severityName(DiagnosticsEngine::Level Level) {
  switch (Level) {
  case DiagnosticsEngine::Fatal:
  case DiagnosticsEngine::Error:
    return "error";
  case DiagnosticsEngine::Warning:
    return "warning";
  default:
    return "note";
  }
}

void DiagnosticCapture::HandleDiagnostic(DiagnosticsEngine::Level Level,
                                         const clang::Diagnostic &Info) {
  DiagnosticConsumer::HandleDiagnostic(Level, Info); // Counts errors and warnings.
  Printer.HandleDiagnostic(Level, Info);

  SourceDiagnostic D;
  D.Severity = severityName(Level);
  llvm::SmallString<128> Message;
  Info.FormatDiagnostic(Message);
  D.Message = Message.str().str();
  if (Info.getLocation().isValid() && Info.hasSourceManager()) {
    clang::PresumedLoc Where = Info.getSourceManager().getPresumedLoc(Info.getLocation());
    if (Where.isValid()) {
      llvm::SmallString<256> Path(Where.getFilename());
      Info.getSourceManager().getFileManager().makeAbsolutePath(Path);
      D.File = Path.str().str();
      D.Line = Where.getLine();
      D.Column = Where.getColumn();
    }
  }
  Messages.push_back(std::move(D));
}
