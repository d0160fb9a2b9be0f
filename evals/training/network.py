"""The reader's network: MiniLM's encoder, with heads for relevance, answerability and the answer's start and end."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

WIDTH = 384


class ReaderNetwork(nn.Module):
    """Starts from the sentence model's weights; its word embeddings stay as they are and need not be shipped."""

    def __init__(self, folder: Path, *, attention: str = "sdpa") -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(str(folder), add_pooling_layer=False, attn_implementation=attention)
        self.encoder.embeddings.requires_grad_(False)
        for module in self.encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # one or two passes over the data do not overfit; without it the kernels are fast
        self.spans = nn.Linear(WIDTH, 2)
        self.verdicts = nn.Linear(WIDTH, 2)

    def embed_words(self, ids: Tensor) -> Tensor:
        """Word embeddings, before position and segment are added."""
        embedded: Tensor = self.encoder.embeddings.word_embeddings(ids)
        return embedded

    def forward(self, words: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Span logits (batch × length × start, end) and verdict logits (batch × relevant, answers)."""
        hidden = self.encoder(inputs_embeds=words, token_type_ids=segments, attention_mask=mask).last_hidden_state
        return self.spans(hidden), self.verdicts(hidden[:, 0])


def trained_state(network: ReaderNetwork) -> dict[str, Tensor]:
    """What was learned: everything but the embeddings."""
    return {name: value for name, value in network.state_dict().items() if not name.startswith("encoder.embeddings")}


def load_trained(network: ReaderNetwork, state: dict[str, Tensor]) -> None:
    """Put learned weights into a network.

    Raises:
        ValueError: the weights are those of another network.
    """
    missing, unexpected = network.load_state_dict(state, strict=False)
    left = [name for name in missing if not name.startswith("encoder.embeddings")]
    if left or unexpected:
        raise ValueError(f"weights of another network: missing {left[:3]}, unexpected {unexpected[:3]}")


def device_threads(count: int) -> None:
    """Work with so many threads."""
    torch.set_num_threads(count)
