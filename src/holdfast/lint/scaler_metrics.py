"""What a HorizontalPodAutoscaler follows."""

from holdfast.lint.documents import ObjectSubject


def utilised_resources(scaler: ObjectSubject) -> list[str]:
    """The resources that it follows as a share of the requests."""
    found = [
        str(metric["resource"].get("name"))
        for metric in scaler.items("spec", "metrics")
        if isinstance(metric, dict)
        and isinstance(metric.get("resource"), dict)
        and (metric["resource"].get("target") or {}).get("type") == "Utilization"
    ]
    old = scaler.get("spec", "targetCPUUtilizationPercentage")
    return [*found, "cpu"] if old is not None else found
