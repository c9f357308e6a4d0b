//===- Linker.h - Slices of units into code in memory ---------------------===//
//
// Links beside the running program: link() makes new code and data, and leaves
// everything that runs as it is. What it returns is a list of stores; making
// them is the commit.
//
// Code and data are linked as separate objects: data and entries stay for good,
// code goes when nothing needs it any more (see OldCode.h).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_LINKER_H
#define NEXTFRAME_LINK_LINKER_H

#include "link/LineRefresh.h"
#include "link/LinkRequest.h"
#include "link/OldCode.h"
#include "link/Prebuilt.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace nextframe {

class CodeMap;
class DiskCache;
class Libraries;
class TraceFile;

class Linker {
public:
  /// \p Libs and \p Trace outlive the linker. \p Files are linked with the program. With
  /// \p ForPerf, perf is told what is linked (see PerfMap.h), and nothing is dropped.
  static llvm::Expected<std::unique_ptr<Linker>>
  create(const Libraries &Libs, Prebuilt Files, const TraceFile &Trace, bool ForPerf = false);
  ~Linker();

  /// Lets the first link find objects that an earlier start has left in \p Disk, which
  /// outlives this. Before that link.
  void useCache(DiskCache &Disk);

  /// Returns whether something outside of the program has \p Symbol: a library,
  /// an object or archive that is linked with it, or what takes the place of an executable's start
  /// files. One thread at a time.
  bool isExternal(llvm::StringRef Symbol) const;

  /// All code of the program that is in memory: see CodeMap for who may read it
  /// when.
  const CodeMap &codeMap() const;

  /// Generates and links what \p Request asks for. On an error nothing of it
  /// stays; else keep() or discard() must follow before the next link(). One thread at a time; the
  /// program may run beside it. \p Threads generate code (the first link of a program uses more
  /// than one).
  llvm::Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads = 1);

  /// Keeps what the last link() made: its commit has been or is about to be run.
  void keep();

  /// Drops code that has been replaced and that nothing leads to any more, when there
  /// is enough of it; looking for that takes more than one call. Nothing may have been
  /// linked that is neither kept nor discarded. Returns the bodies that are gone.
  std::vector<BodyRange> dropOldCode(const DropConditions &Now);

  /// Tells debuggers where functions stand whose lines have moved in text that is
  /// otherwise the same. Replaces nothing. Returns false where it was stopped. As
  /// dropOldCode().
  bool refreshLines(const LineRefresh &Request);

  /// Whether dropOldCode() has begun to look, and is to be called again soon.
  bool isDropping() const;

  /// How many calls and slots of virtual tables lead past \p Entry to the body of the
  /// function, which has never been replaced (see DirectCalls.h).
  size_t directCalls(llvm::StringRef Entry) const;

  /// How many objects of code are in memory, entries left out.
  size_t codeObjects() const;

  /// Throws away what the last link() made. Nothing of it may have become live.
  void discard();

private:
  class Impl;
  explicit Linker(std::unique_ptr<Impl> I);
  std::unique_ptr<Impl> I;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINKER_H
