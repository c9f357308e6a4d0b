//===- PerfMap.cpp - Tells perf the names of the program's functions ------===//

#include "link/PerfMap.h"
#include "ir/Names.h"
#include "support/Diagnostics.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/Support/FormatVariadic.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

Expected<std::shared_ptr<PerfMap>> PerfMap::create() {
  std::string Path = formatv("/tmp/perf-{0}.map", getpid());
  // A process that is gone may have left one; a link of somebody else's is not followed.
  unlink(Path.c_str());
  int File = open(Path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (File < 0)
    return makeError(diag::err_cannot_write, "--perf-map", Path, strerror(errno));
  return std::shared_ptr<PerfMap>(new PerfMap(File));
}

/// "update(float)", "update(float) (reload 3)", "update(float) (entry)"
static std::string nameOf(const jitlink::Symbol &Symbol, bool IsEntry) {
  StringRef Name = *Symbol.getName();
  auto Body = IsEntry ? std::nullopt : splitBodyName(Name);
  std::string Result = displayName(Body ? Body->first : Name);
  if (IsEntry)
    Result += " (entry)";
  else if (Body && Body->second != Generation{0})
    Result += formatv(" (reload {0})", number(Body->second));
  return Result;
}

void PerfMap::modifyPassConfig(orc::MaterializationResponsibility &, jitlink::LinkGraph &,
                               jitlink::PassConfiguration &Config) {
  Config.PostFixupPasses.push_back([this](jitlink::LinkGraph &G) {
    for (jitlink::Section &S : G.sections()) {
      if ((S.getMemProt() & orc::MemProt::Exec) == orc::MemProt::None)
        continue;
      for (jitlink::Symbol *Symbol : S.symbols())
        if (Symbol->hasName() && Symbol->getSize() != 0)
          Stream << formatv("{0:x-} {1:x-} {2}\n", Symbol->getAddress().getValue(),
                            Symbol->getSize(), nameOf(*Symbol, S.getName() == ".plt"));
    }
    // perf may be asked at any moment, and the process may end in any way.
    Stream.flush();
    return Error::success();
  });
}
