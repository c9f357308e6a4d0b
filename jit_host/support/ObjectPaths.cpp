//===- ObjectPaths.cpp - What the path of an object file says -------------===//

#include "support/ObjectPaths.h"

#include "llvm/Support/Path.h"

using namespace llvm;

StringRef nextframe::targetOfOutput(StringRef Output) {
  for (StringRef Dir = sys::path::parent_path(Output); !Dir.empty();
       Dir = sys::path::parent_path(Dir)) {
    StringRef Name = sys::path::filename(Dir);
    StringRef Parent = sys::path::filename(sys::path::parent_path(Dir));
    if (Name.ends_with(".dir") && Parent == "CMakeFiles")
      return Name.drop_back(4);
    if (Name.ends_with(".p"))
      return Name.drop_back(2);
  }
  return "";
}
