//===- Profiling.cpp - Flags that have a program count what it runs -------===//

#include "compile/Profiling.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

using namespace llvm;
using namespace nextframe;

static bool isForProfiles(StringRef Arg) {
  if (is_contained({"--coverage", "-coverage", "-ftest-coverage", "-fcoverage-mapping",
                    "-fcoverage-mcdc", "-pg"},
                   Arg))
    return true;
  return Arg.starts_with("-fprofile-arcs") || Arg.starts_with("-fprofile-generate") ||
         Arg.starts_with("-fprofile-instr-generate") || Arg.starts_with("-fcs-profile-generate") ||
         Arg.starts_with("-fprofile-continuous");
}

std::vector<std::string> nextframe::takeProfilingFlags(std::vector<std::string> &Args) {
  std::vector<std::string> Taken;
  erase_if(Args, [&](const std::string &A) {
    bool Take = isForProfiles(A);
    if (Take)
      Taken.push_back(A);
    return Take;
  });
  return Taken;
}
