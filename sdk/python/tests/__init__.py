"""Tests of the SDK. One that hangs ends all of them, and shows where."""

import faulthandler

faulthandler.dump_traceback_later(300, exit=True)
