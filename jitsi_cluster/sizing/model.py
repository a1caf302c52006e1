"""Load of a call on a bridge. Rates are Mbit/s per sender, stress is Jitsi's load over threshold.

Sources: the Jitsi handbook's bit rates per resolution; openfun's test of 36 rooms of five on a
4-vCPU bridge (180 participants, 2.14 CPUs); jitsi-videobridge's default thresholds of CPU 0.9 and
50 000 packets/s. Five-party rooms forward four streams per participant and ours one, so CPU per
participant is on the safe side.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from jitsi_cluster.autoscaler.model import Frozen

MBPS_BY_RESOLUTION = {"180p": 0.2, "360p": 0.5, "720p": 2.5}
AUDIO_MBPS = 0.04
CPU_PER_PARTICIPANT = 2.14 / 180
CPU_THRESHOLD = 0.9
PACKETS_THRESHOLD = 50_000
VIDEO_PACKET_BYTES = 1_100
AUDIO_PACKETS_PER_SECOND = 50
# A bridge that fills its baseline bandwidth drops packets before its CPU says so.
NETWORK_THRESHOLD = 0.8


class Measure(StrEnum):
    """Which load the bridge reports as stress; `cpu` is jitsi-videobridge's default."""

    CPU = "cpu"
    PACKETS = "packets"


class BridgeSize(Frozen):
    """An instance type: sustained network in Mbit/s and USD per hour on demand (us-east-1)."""

    name: str
    vcpus: int = Field(gt=0)
    network_mbps: float = Field(gt=0)
    usd_per_hour: float = Field(ge=0)


# Figures of public price lists of late 2025: check them for the region before spending money.
BRIDGE_SIZES = {
    size.name: size
    for size in (
        BridgeSize(name="c7g.large", vcpus=2, network_mbps=937, usd_per_hour=0.0725),
        BridgeSize(name="c7g.xlarge", vcpus=4, network_mbps=1876, usd_per_hour=0.145),
        BridgeSize(name="c7g.2xlarge", vcpus=8, network_mbps=3750, usd_per_hour=0.29),
    )
}
USD_PER_GB_OUT = 0.09


class CallProfile(Frozen):
    """What one consult sends. `resolutions` maps a resolution to its share of calls."""

    participants: int = Field(default=2, ge=2, le=20)
    resolutions: dict[str, float] = Field(default_factory=lambda: {"720p": 1.0})

    @model_validator(mode="after")
    def _shares_are_known_and_sum_to_one(self) -> Self:
        unknown = set(self.resolutions) - set(MBPS_BY_RESOLUTION)
        if unknown:
            raise ValueError(
                f"unknown resolution {sorted(unknown)}; known: {sorted(MBPS_BY_RESOLUTION)}"
            )
        if abs(sum(self.resolutions.values()) - 1) > 1e-6 or min(self.resolutions.values()) < 0:
            raise ValueError("shares of resolutions must be positive and sum to 1")
        return self

    @property
    def sent_mbps(self) -> float:
        """Mean rate one participant sends."""
        video = sum(MBPS_BY_RESOLUTION[name] * share for name, share in self.resolutions.items())
        return video + AUDIO_MBPS

    @property
    def out_mbps(self) -> float:
        """What the bridge sends for one call: everyone receives everyone else."""
        return self.participants * (self.participants - 1) * self.sent_mbps

    def stress(self, size: BridgeSize, measure: Measure = Measure.CPU) -> float:
        """Stress that one call adds to a bridge of this size, its network limit included."""
        network = self.out_mbps / (size.network_mbps * NETWORK_THRESHOLD)
        return max(network, self._cpu(size) if measure is Measure.CPU else self._packets())

    def _cpu(self, size: BridgeSize) -> float:
        return self.participants * CPU_PER_PARTICIPANT / (size.vcpus * CPU_THRESHOLD)

    def _packets(self) -> float:
        video = (self.sent_mbps - AUDIO_MBPS) * 1e6 / 8 / VIDEO_PACKET_BYTES
        streams = self.participants + self.participants * (self.participants - 1)
        return streams * (video + AUDIO_PACKETS_PER_SECOND) / PACKETS_THRESHOLD
