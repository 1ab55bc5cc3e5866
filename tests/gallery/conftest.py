"""Makes the corpus and the picture maker importable by name from these tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
