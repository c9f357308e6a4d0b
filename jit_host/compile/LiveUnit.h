//===- LiveUnit.h - A unit whose syntax tree is kept ----------------------===//

#ifndef NEXTFRAME_COMPILE_LIVEUNIT_H
#define NEXTFRAME_COMPILE_LIVEUNIT_H

#include "compile/Compiler.h"
#include "compile/Preamble.h"

namespace nextframe {

class LiveAst;

/// The syntax tree of a unit, to be given the next bodies of its functions. It serves
/// as long as nothing but bodies differs from the text that it was made of. One thread
/// at a time; see Compiler::buildLive() and compileLive().
class LiveUnit {
public:
  explicit LiveUnit(std::shared_ptr<const Preamble> Begin);
  ~LiveUnit();
  LiveUnit(const LiveUnit &) = delete;

  const Preamble &begin() const { return *Begin; }
  /// Bytes of memory, those of the preamble included.
  size_t size() const;
  /// Whether \p Main, the newest text of the main file, differs in bodies alone from what
  /// it was made of, and it hasn't grown too large by those that it was given.
  bool serves(const std::string &Main) const;
  /// Returns the header \p Path (absolute) as it was parsed; null where bodies of it can't
  /// be edited here.
  const SourceText *header(llvm::StringRef Path) const;
  /// Whether \p Text differs from that of the header \p Path in bodies alone.
  bool takesHeader(llvm::StringRef Path, const std::string &Text) const;
  /// False once a body had errors, or the compiler crashed in it: it serves no more.
  bool isGood() const { return Ast && !Broken; }

  // Inside the room only.
  const std::shared_ptr<const Preamble> Begin;
  SourceText Source; ///< That it was made of.
  std::unique_ptr<LiveAst> Ast;
  size_t FirstSize = 0;
  bool Broken = false;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_LIVEUNIT_H
