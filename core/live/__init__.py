"""The live socket: open pages hear of what they may see, in order, and resume after a break."""
