//===- FrameNames.h - Which function and line an address is ---------------===//

#ifndef NEXTFRAME_CRASH_FRAMENAMES_H
#define NEXTFRAME_CRASH_FRAMENAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/DebugInfo/Symbolize/Symbolize.h"
#include "llvm/Object/ObjectFile.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// Code of the program is found in its debug files, that of libraries in theirs on
/// disk.
class FrameNames {
public:
  /// \p Files are ELF files with the addresses of their sections filled in; \p Maps is
  /// the text of /proc/PID/maps. Both outlive it.
  FrameNames(llvm::ArrayRef<llvm::StringRef> Files, llvm::StringRef Maps,
             llvm::StringRef SourceDir);

  struct Described {
    bool IsProgram = false;
    /// A line each: the function inlined last first, the one that has a frame last.
    std::vector<std::string> Lines;
  };
  /// Returns what there is to say about \p Address.
  Described describe(uint64_t Address);

private:
  struct Mapping {
    uint64_t Start, End, Base;
    llvm::StringRef Path;
  };
  void readMappings(llvm::StringRef Maps);
  bool describeProgram(uint64_t Address, Described &Result);
  std::string inLibrary(uint64_t Address);
  std::string programLine(const llvm::DILineInfo &Info) const;

  std::deque<std::string> Names; ///< Of the files.
  std::vector<std::unique_ptr<llvm::object::ObjectFile>> Objects;
  std::vector<Mapping> Mappings;
  std::string SourceDir;
  llvm::symbolize::LLVMSymbolizer Symbolizer;
};

} // namespace nextframe

#endif // NEXTFRAME_CRASH_FRAMENAMES_H
