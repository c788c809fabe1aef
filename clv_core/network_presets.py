"""The network's settings that people choose by a name, for orders and for value tables."""

from __future__ import annotations

from clv_core.model_settings import NetworkSettings
from clv_core.settings import RunSettings

NETWORK_PRESETS: dict[str, NetworkSettings] = {
    "quick": NetworkSettings(hidden_units=(64, 64), epochs=12, patience_epochs=3),
    "balanced": NetworkSettings(),
    "wide": NetworkSettings(hidden_units=(500, 100), dropout_share=0.3, epochs=30),
}
# The same for value tables. Orders give a customer many rows, one per snapshot; a value
# table gives one, so that many more steps per row are needed.
VALUE_TABLE_PRESETS: dict[str, NetworkSettings] = {
    "quick": NetworkSettings(
        hidden_units=(64, 64), learning_rate=5e-3, batch_size=128, epochs=25, patience_epochs=5
    ),
    "balanced": NetworkSettings(
        hidden_units=(128, 64, 32),
        learning_rate=3e-3,
        batch_size=64,
        epochs=40,
        patience_epochs=8,
    ),
    "wide": NetworkSettings(
        hidden_units=(500, 100),
        dropout_share=0.3,
        learning_rate=2e-3,
        batch_size=64,
        epochs=50,
        patience_epochs=10,
    ),
}


def suit_value_table(settings: RunSettings) -> RunSettings:
    """Replace a network preset for orders by its counterpart for value tables.

    A network that the user set otherwise stays as it is.
    """
    for name, preset in NETWORK_PRESETS.items():
        if settings.network == preset:
            return settings.model_copy(update={"network": VALUE_TABLE_PRESETS[name]})
    return settings
