"""What a HorizontalPodAutoscaler follows."""

from holdfast.lint.documents import ObjectSubject


def utilised_resources(scaler: ObjectSubject) -> list[str]:
    """The resources that it follows as a share of the requests."""
    metrics = [
        ("spec", "metrics", index, "resource")
        for index in range(len(scaler.items("spec", "metrics")))
    ]
    found = [
        str(scaler.get(*resource, "name"))
        for resource in metrics
        if scaler.get(*resource, "target", "type") == "Utilization"
    ]
    old = scaler.get("spec", "targetCPUUtilizationPercentage")
    return [*found, "cpu"] if old is not None else found
