"""The DPO's console: pages over the state store, in French."""
