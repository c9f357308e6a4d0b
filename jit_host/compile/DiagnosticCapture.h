//===- DiagnosticCapture.h - clang's messages, rendered and as values -----===//

#ifndef NEXTFRAME_COMPILE_DIAGNOSTICCAPTURE_H
#define NEXTFRAME_COMPILE_DIAGNOSTICCAPTURE_H

#include "support/SourceDiagnostic.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "llvm/Support/raw_ostream.h"

#include <vector>

namespace nextframe {

/// Keeps what clang reports, both as it would print it and as values.
class DiagnosticCapture : public clang::DiagnosticConsumer {
public:
  explicit DiagnosticCapture(clang::DiagnosticOptions &Opts)
      : Stream(Text), Printer(Stream, Opts) {}

  void BeginSourceFile(const clang::LangOptions &Lang, const clang::Preprocessor *PP) override {
    Printer.BeginSourceFile(Lang, PP);
  }
  void EndSourceFile() override { Printer.EndSourceFile(); }
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override;

  const std::string &rendered() const { return Text; }
  std::vector<SourceDiagnostic> take() { return std::move(Messages); }

private:
  std::string Text;
  llvm::raw_string_ostream Stream;
  clang::TextDiagnosticPrinter Printer;
  std::vector<SourceDiagnostic> Messages;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_DIAGNOSTICCAPTURE_H
